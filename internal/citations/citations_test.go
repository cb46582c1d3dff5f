package citations

import (
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// project is all citations of the project.
func project(t *testing.T) []Citation {
	t.Helper()
	all, err := Scan(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatal("the project cites nothing: is this its root?")
	}
	return all
}

func isSection(c Citation) bool { return !strings.Contains(c.What, "-") }

func TestCitedSectionsExist(t *testing.T) {
	sections := Sections()
	for _, c := range project(t) {
		if !isSection(c) {
			continue
		}
		s, ok := sections[c.What]
		if !ok {
			t.Errorf("%s:%d: RFC 9293 has no §%s; another RFC's number goes before its section (RFC 5961 §3.2)", c.File, c.Line, c.What)
		} else if c.Step != "" && len(s.Steps) > 0 && !slices.Contains(s.Steps, c.Step) {
			t.Errorf("%s:%d: §%s has no %s step; it has %s", c.File, c.Line, c.What, c.Step, strings.Join(s.Steps, ", "))
		}
	}
}

func TestCitedRequirementsExist(t *testing.T) {
	known := map[string]bool{}
	for _, r := range Requirements() {
		known[r.Label] = true
	}
	for _, c := range project(t) {
		if !isSection(c) && !known[c.What] {
			t.Errorf("%s:%d: RFC 9293 has no requirement %s", c.File, c.Line, c.What)
		}
	}
}

// The summary of RFC 9293 names 119 requirements, each once.
func TestRequirementsAreComplete(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range Requirements() {
		if seen[r.Label] || !label.MatchString(r.Label) || r.Level == "" || r.Feature == "" {
			t.Errorf("bad or repeated row %+v", r)
		}
		seen[r.Label] = true
	}
	if len(seen) != 119 {
		t.Errorf("%d requirements, want 119", len(seen))
	}
}

func TestScan(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"// see §3.4.", "3.4"},
		{"// §3.10.7.4 second: the reset", "3.10.7.4/second"},
		{"x := \"RFC 9293 §3.9.2.2\"", "3.9.2.2"},
		{"// RFC 5961 §3.2", ""},
		{"// RFC 5961\n\t// §3.2", ""},
		{"// RFC 1122 §4.2.2.20, §4.2.3.1 and §4.2.5", ""},
		{"// §3.6.1, RFC 6191 §2, and MUST-13", "3.6.1 MUST-13"},
		{"// §4.2 of RFC 5961, then §3.99", "3.99"},
		{"// RFC 5961 §5 differs from §3.10.8", "3.10.8"},
		{"// SHLD-3 (§3.6.1)\n// MAY-2", "3.6.1 SHLD-3 MAY-2"},
	} {
		all, err := Scan(fstest.MapFS{"tcp/x.go": {Data: []byte(test.text)}})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range all {
			if c.Step != "" {
				c.What += "/" + c.Step
			}
			got = append(got, c.What)
		}
		if s := strings.Join(got, " "); s != test.want {
			t.Errorf("%q cites %q, want %q", test.text, s, test.want)
		}
	}
}

func TestScanTellsWhere(t *testing.T) {
	all, err := Scan(fstest.MapFS{
		"a_test.go":      {Data: []byte("package a\n\n// MUST-1\n")},
		"a.go":           {Data: []byte("package a // MUST-1")},
		"README.md":      {Data: []byte("MUST-1")},
		".git/b.go":      {Data: []byte("package b // MUST-99")},
		"testdata/b.bin": {Data: []byte("MUST-99")},
	})
	if err != nil || len(all) != 3 {
		t.Fatalf("%v, %v; want three citations", all, err)
	}
	for _, c := range all {
		if c.InTest() != (c.File == "a_test.go") || c.InCode() != (c.File == "a.go") {
			t.Errorf("%+v: in a test %v, in code %v", c, c.InTest(), c.InCode())
		}
		if c.InTest() && c.Line != 3 {
			t.Errorf("%+v: want line 3", c)
		}
	}
}
