package layers

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
)

// layers lists, for each package, the packages of ours that it stands on. It
// may import these and what they stand on, nothing else of ours.
var layers = map[string]string{
	"seq":     "",
	"clock":   "",
	"fsm":     "",
	"siphash": "",

	"congestion": "",

	"wire":  "seq",
	"wheel": "clock",

	"recovery": "seq clock congestion",

	"tcp": "seq clock fsm wire congestion recovery",

	"trace":    "fsm",
	"stack":    "seq clock fsm tcp wire wheel trace siphash",
	"link":     "",
	"link/tun": "link",
	"link/tap": "link",
	"explain":  "fsm",
	"capture":  "wire link/tap", // the tap writes what its tests read

	"sim":     "clock stack trace wire",
	"diagram": "fsm trace explain",

	"explore":        "seq clock fsm wire tcp congestion",
	"explore/report": "explore diagram trace link/tap",

	"lastack": "clock fsm stack tcp link trace wire congestion",
	"play":    "sim stack trace diagram explain fsm link/tap",

	"throughput": "sim stack congestion fsm clock",

	"testdata/drill": "",
	"drill/script":   "",
	"drill/matrix":   "fsm testdata/drill",
	"drill":          "clock fsm wire congestion recovery tcp stack trace diagram link/tun drill/script drill/matrix testdata/drill",

	"oracle": "stack tcp wire trace link/tun",

	"referee":         "seq clock fsm wire tcp stack sim",
	"mutant":          "",
	"mutant/trial":    "explore drill oracle referee",
	"mutant/hunt":     "mutant",
	"mutant/gremlins": "",

	"cmd/lastack": "lastack play drill oracle link/tun link/tap explore/report",

	// Only tests import these, or they hold nothing but tests.
	"citations": "",
	"layers":    "",
	"interop":   "",
}

// below is all packages that a package may import, in order.
func below(name string) []string {
	all := map[string]bool{}
	var add func(string)
	add = func(name string) {
		for _, under := range strings.Fields(layers[name]) {
			if !all[under] {
				all[under] = true
				add(under)
			}
		}
	}
	add(name)
	return slices.Sorted(maps.Keys(all))
}

// A package imports only what stands below it.
func TestLayers(t *testing.T) { report(t, climbs(packages(t))) }

// climbs is the imports that lead up, or to nowhere.
func climbs(all map[string]*pkg) (breaches []string) {
	for name, p := range all {
		if _, ok := layers[name]; !ok {
			breaches = append(breaches, fmt.Sprintf("%s has no row in layers: say what it stands on", name))
			continue
		}
		may := below(name)
		for _, f := range p.files {
			for _, imported := range f.paths {
				if of := nameOf(imported); of != "" && !slices.Contains(may, of) {
					breaches = append(breaches, fmt.Sprintf("%s imports %s: %s may import only %q", f.name, of, name, strings.Join(may, " ")))
				}
			}
		}
	}
	return breaches
}

// The table names what exists, and no package stands on itself.
func TestLayersAreLayers(t *testing.T) {
	for name := range layers {
		for _, under := range below(name) {
			if under == name {
				t.Errorf("%s stands on itself", name)
			}
			if _, ok := layers[under]; !ok {
				t.Errorf("%s stands on %s, which has no row", name, under)
			}
		}
	}
}

// Whoever imports the library gets the standard library and golang.org/x/sys,
// on whatever system.
func TestTheLibraryDependsOnNothing(t *testing.T) { report(t, burdens(packages(t))) }

// burdens is what the root, or a package that it stands on, imports from
// others.
func burdens(all map[string]*pkg) (breaches []string) {
	for _, name := range append(below("lastack"), "lastack") {
		if all[name] == nil {
			continue
		}
		for _, f := range all[name].files {
			for _, imported := range f.paths {
				first, _, _ := strings.Cut(imported, "/")
				std := !strings.Contains(first, ".")
				if !std && nameOf(imported) == "" && !strings.HasPrefix(imported, "golang.org/x/sys/") {
					breaches = append(breaches, fmt.Sprintf("%s imports %s: the library depends on the standard library and golang.org/x/sys only", f.name, imported))
				}
			}
		}
	}
	return breaches
}

// drawers is names that do not tell what is inside.
var drawers = []string{"util", "utils", "common", "base", "types", "helper", "helpers", "misc", "shared"}

// A package is named for what it does.
func TestNoDrawers(t *testing.T) { report(t, drawersIn(packages(t))) }

func drawersIn(all map[string]*pkg) (breaches []string) {
	for name, p := range all {
		for _, named := range []string{path.Base(name), p.files[0].ast.Name.Name} {
			if slices.Contains(drawers, named) {
				breaches = append(breaches, fmt.Sprintf("%s: a package is not called %q; name it for what it does", p.files[0].name, named))
				break
			}
		}
	}
	return breaches
}
