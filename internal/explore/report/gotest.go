package report

import (
	"fmt"
	"strings"

	"github.com/lastack/lastack/internal/explore"
)

// GoTest is a test of package explore that fails as long as the violation is
// there.
func GoTest(cfg explore.Config, v *explore.Violation) string {
	var b strings.Builder
	fmt.Fprintf(&b, "// %s: %s.\n", v.Property.Name, v.Property.Means)
	fmt.Fprintf(&b, "func TestCounterexampleOf%s(t *testing.T) {\n", strings.ToUpper(v.Property.Name))
	fmt.Fprintf(&b, "\tif err := Recheck(%s, `\n", literal(cfg))
	for _, line := range v.Script {
		fmt.Fprintf(&b, "\t\t%s\n", line)
	}
	fmt.Fprintf(&b, "\t`, %q); err != nil {\n\t\tt.Error(err)\n\t}\n}\n", v.Property.Name)
	return b.String()
}

// literal is a configuration as Go source, in package explore.
func literal(c explore.Config) string {
	var fields []string
	add := func(format string, args ...any) { fields = append(fields, fmt.Sprintf(format, args...)) }
	add("Name: %q", c.Name)
	add("Users: [2]User{%s, %s}", user(c.Users[0]), user(c.Users[1]))
	for _, f := range []struct {
		name string
		n    int
	}{
		{"Capacity", c.Capacity},
		{"Drops", c.Drops},
		{"Dups", c.Dups},
		{"Spurious", c.Spurious},
		{"Guesses", c.Guesses},
		{"ICMP", c.ICMP},
		{"Incarnations", c.Incarnations},
		{"ISNStep", int(c.ISNStep)},
		{"Window", c.Window},
	} {
		if f.n != 0 {
			add("%s: %d", f.name, f.n)
		}
	}
	for _, f := range []struct {
		name string
		on   bool
	}{
		{"Reopens", c.Reopens},
		{"LazyRead", c.LazyRead},
		{"EagerACK", c.EagerACK},
		{"KeepAlive", c.KeepAlive},
		{"GivesUp", c.GivesUp},
		{"Throttles", c.Throttles},
	} {
		if f.on {
			add("%s: true", f.name)
		}
	}
	return "Config{" + strings.Join(fields, ", ") + "}"
}

// user is a user as Go source.
func user(u explore.User) string {
	var fields []string
	for _, f := range []struct {
		name string
		may  bool
	}{{"Connect", u.Connect}, {"Listen", u.Listen}, {"Close", u.Close}, {"Release", u.Release}, {"Abort", u.Abort}} {
		if f.may {
			fields = append(fields, f.name+": true")
		}
	}
	if u.Sends > 0 {
		fields = append(fields, fmt.Sprintf("Sends: %d", u.Sends))
	}
	return "{" + strings.Join(fields, ", ") + "}"
}
