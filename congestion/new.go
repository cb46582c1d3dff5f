package congestion

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Default is the name of the algorithm that is used unless another is chosen.
const Default = "cubic"

// algorithms is what there is, by name.
var algorithms = map[string]func() Controller{
	"bbr":   func() Controller { return NewBBR(0) },
	"cubic": func() Controller { return new(Cubic) },
	"reno":  func() Controller { return new(Reno) },
}

// New is what makes Controllers of the algorithm of that name; "" is the
// default. The error names what there is.
func New(name string) (func() Controller, error) {
	if name == "" {
		name = Default
	}
	if make, ok := algorithms[name]; ok {
		return make, nil
	}
	return nil, fmt.Errorf("no congestion control %q: there are %s", name, strings.Join(Names(), ", "))
}

// Name is what reports call a Controller: what it says of itself, or else its
// type.
func Name(c Controller) string {
	if s, ok := c.(fmt.Stringer); ok {
		return s.String()
	}
	return fmt.Sprintf("%T", c)
}

// Names is the names that New knows, in order.
func Names() []string { return slices.Sorted(maps.Keys(algorithms)) }
