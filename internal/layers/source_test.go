package layers

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// module is the import path of the project's root.
const module = "github.com/lastack/lastack"

// A file is one Go file of the project that is not a test.
type file struct {
	name  string // slash-separated, from the project's root
	host  bool   // it belongs to a build for this machine
	ast   *ast.File
	fset  *token.FileSet
	paths []string // what it imports
}

// line is where a node stands: "internal/tcp/fire.go:12".
func (f *file) line(n ast.Node) string {
	return f.name + ":" + strconv.Itoa(f.fset.Position(n.Pos()).Line)
}

// A pkg is one directory of the project with Go code that is not a test.
type pkg struct {
	name  string // as the table of layers has it: "tcp", "link/tun", "lastack"
	path  string // the import path
	files []*file
}

// nameOf shortens an import path of the project: internal/tcp is "tcp" and the
// root is "lastack". It is empty for a package that is not the project's.
func nameOf(importPath string) string {
	if importPath == module {
		return "lastack"
	}
	rest, ok := strings.CutPrefix(importPath, module+"/")
	if !ok {
		return ""
	}
	return strings.TrimPrefix(rest, "internal/")
}

var project = sync.OnceValues(func() (map[string]*pkg, error) { return load("../..") })

// packages is the project's packages by name, test files left out: tests may
// look across layers.
func packages(t *testing.T) map[string]*pkg {
	t.Helper()
	all, err := project()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 5 {
		t.Fatalf("only %d packages found: is this the project's root?", len(all))
	}
	return all
}

// load parses the module at root, files for other systems too. Modules of
// their own below it are not part of it.
func load(root string) (map[string]*pkg, error) {
	all, fset := map[string]*pkg{}, token.NewFileSet()
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if d.IsDir() {
			if rel != "." && foreign(name) {
				return fs.SkipDir
			}
			return nil
		}
		if path.Ext(rel) != ".go" || strings.HasSuffix(rel, "_test.go") {
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		f, err := parse(fset, rel, text)
		if err != nil {
			return err
		}
		f.host, err = build.Default.MatchFile(filepath.Dir(name), filepath.Base(name))
		if err != nil {
			return err
		}
		add(all, f)
		return nil
	})
	return all, err
}

// foreign reports whether a directory below the root is none of the module's.
// Of what is for tests only the scripts of drill are a package.
func foreign(dir string) bool {
	base := filepath.Base(dir)
	mods, _ := filepath.Glob(filepath.Join(dir, "go.mod"))
	scripts, _ := filepath.Glob(filepath.Join(dir, "drill", "corpus.go"))
	return len(mods) > 0 || base == "testdata" && len(scripts) == 0 || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_")
}

// parse reads one file; rel is its name from the project's root.
func parse(fset *token.FileSet, rel string, text []byte) (*file, error) {
	tree, err := parser.ParseFile(fset, rel, text, 0)
	if err != nil {
		return nil, err
	}
	f := &file{name: rel, ast: tree, fset: fset}
	for _, spec := range tree.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		f.paths = append(f.paths, p)
	}
	return f, nil
}

// add puts a file into its package.
func add(all map[string]*pkg, f *file) {
	importPath := path.Join(module, path.Dir(f.name))
	name := nameOf(importPath)
	if all[name] == nil {
		all[name] = &pkg{name: name, path: importPath}
	}
	all[name].files = append(all[name].files, f)
}

// report fails the test for each breach of a rule.
func report(t *testing.T, breaches []string) {
	t.Helper()
	slices.Sort(breaches)
	for _, b := range breaches {
		t.Error(b)
	}
}
