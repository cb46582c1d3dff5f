package layers

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// A checker gives the project's packages their types. It reads the project's
// source itself, and what others wrote from the compiler's export data.
type checker struct {
	all    map[string]*pkg
	done   map[string]*typed
	others types.Importer
}

// A typed is a package with its types, as built for this machine.
type typed struct {
	*pkg
	types *types.Package
	info  *types.Info
}

// typeCheck gives types to all packages of the project, by name.
func typeCheck(all map[string]*pkg) (map[string]*typed, error) {
	exported, err := exportData(all)
	if err != nil {
		return nil, err
	}
	c := &checker{all: all, done: map[string]*typed{}}
	c.others = importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) {
		return os.Open(exported[path])
	})
	for name := range all {
		if _, err := c.check(name); err != nil {
			return nil, fmt.Errorf("%s does not compile: %v", name, err)
		}
	}
	return c.done, nil
}

// Import finds a package for one that imports it.
func (c *checker) Import(path string) (*types.Package, error) {
	name := nameOf(path)
	if name == "" {
		return c.others.Import(path)
	}
	p, err := c.check(name)
	if err != nil {
		return nil, err
	}
	return p.types, nil
}

func (c *checker) check(name string) (*typed, error) {
	if p := c.done[name]; p != nil {
		return p, nil
	}
	p := c.all[name]
	if p == nil {
		return nil, fmt.Errorf("no package %s", name)
	}
	var files []*ast.File
	for _, f := range p.files {
		if f.host {
			files = append(files, f.ast)
		}
	}
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{},
		Uses:  map[*ast.Ident]types.Object{},
	}
	conf := types.Config{Importer: c}
	checked, err := conf.Check(p.path, p.files[0].fset, files, info)
	if err != nil {
		return nil, err
	}
	c.done[name] = &typed{p, checked, info}
	return c.done[name], nil
}

// exportData is the files with the compiler's export data of all that the
// project imports from others, by import path.
func exportData(all map[string]*pkg) (map[string]string, error) {
	others := map[string]bool{}
	for _, p := range all {
		for _, f := range p.files {
			for _, imported := range f.paths {
				if f.host && nameOf(imported) == "" {
					others[imported] = true
				}
			}
		}
	}
	args := []string{"list", "-export", "-deps", "-f", "{{.ImportPath}}\t{{.Export}}", "--"}
	if len(others) == 0 {
		return nil, nil
	}
	cmd := exec.Command("go", append(args, slices.Sorted(maps.Keys(others))...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%v: %v\n%s", cmd, err, &stderr)
	}
	files := map[string]string{}
	for line := range strings.Lines(string(out)) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), "\t")
		files[path] = file
	}
	return files, nil
}

// is reports whether t is the named type of one of the project's packages.
func is(t types.Type, pkg, name string) bool {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil {
		return false
	}
	return nameOf(named.Obj().Pkg().Path()) == pkg && named.Obj().Name() == name
}
