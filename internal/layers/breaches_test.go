package layers

import (
	"go/token"
	"slices"
	"testing"
)

// tree is a project made of the given files, named from its root.
func tree(t *testing.T, files map[string]string) map[string]*pkg {
	t.Helper()
	all, fset := map[string]*pkg{}, token.NewFileSet()
	for name, text := range files {
		f, err := parse(fset, name, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		f.host = true
		add(all, f)
	}
	return all
}

// Each rule finds its breach in a project that is wrong in all ways.
func TestBreachesAreFound(t *testing.T) {
	all := tree(t, map[string]string{
		"lastack.go":            "package lastack; import _ \"example.com/heavy\"",
		"internal/clock/now.go": "package clock; import \"time\"; var origin = time.Now()",
		"internal/seq/seq.go":   "package seq; type Num uint32",
		"internal/fsm/up.go":    "package fsm; import _ \"github.com/lastack/lastack/internal/tcp\"",
		"internal/tcp/tcp.go":   "package tcp; import \"sync\"; var mu sync.Mutex; func f() { go f() }",
		"internal/sim/sim.go":   "package sim; import \"math/rand/v2\"; var r = rand.New(rand.NewPCG(1, 2)); var n = rand.Int()",
		"internal/util/x.go":    "package util",
	})
	for _, test := range []struct {
		rule string
		got  []string
		want []string
	}{
		{"layers", climbs(all), []string{
			`internal/fsm/up.go imports tcp: fsm may import only ""`,
			`util has no row in layers: say what it stands on`,
		}},
		{"library", burdens(all), []string{
			`lastack.go imports example.com/heavy: the library depends on the standard library and golang.org/x/sys only`,
		}},
		{"drawers", drawersIn(all), []string{
			`internal/util/x.go: a package is not called "util"; name it for what it does`,
		}},
		{"sans-I/O", impure(all), []string{
			`internal/clock/now.go:1: time.Now; time, randomness and packets come from the callers`,
			`internal/sim/sim.go:1: rand.Int; time, randomness and packets come from the callers`,
			`internal/tcp/tcp.go imports sync: nothing below the root is shared, so nothing is locked`,
			`internal/tcp/tcp.go:1: a goroutine; only the root and what is above it has any`,
		}},
	} {
		slices.Sort(test.got)
		if !slices.Equal(test.got, test.want) {
			t.Errorf("%s: found\n%q\nwant\n%q", test.rule, test.got, test.want)
		}
	}
}

func TestTypedBreachesAreFound(t *testing.T) {
	all, err := typeCheck(tree(t, map[string]string{
		"internal/seq/seq.go": "package seq; type Num uint32",
		"internal/tcp/tcp.go": `package tcp
			import "github.com/lastack/lastack/internal/seq"
			type TCB struct { State, Una int }
			type Conn struct { TCB; old TCB }
			type Info struct { State int }
			func (c *Conn) bad(a, b seq.Num) []bool {
				c.State = 1
				c.TCB.State++
				c.TCB = TCB{}
				_ = &c.State
				c.old = TCB{State: 2}
				_, _ = max(a, 1), min(1, 2)
				return []bool{a < b, 3 >= b}
			}
			func (c *Conn) good(a, b seq.Num) (bool, Info) {
				was := c.TCB
				c.Una = was.State
				was = TCB{}
				c.old = c.TCB
				return a == b, Info{State: c.State}
			}`,
	}))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"internal/tcp/tcp.go:10", "internal/tcp/tcp.go:11", "internal/tcp/tcp.go:11",
		"internal/tcp/tcp.go:7", "internal/tcp/tcp.go:8", "internal/tcp/tcp.go:9",
	}
	if got := assignments(all); !slices.Equal(got, want) {
		t.Errorf("the state is changed at %q, want %q", got, want)
	}
	if got := ordered(all); len(got) != 3 {
		t.Errorf("sequence numbers are ordered at %q, want three", got)
	}
}
