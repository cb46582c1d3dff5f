package layers

import (
	"fmt"
	"go/ast"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// sansIO is the packages that are plain computation: the same inputs give the
// same outputs, for ever.
const sansIO = "seq clock fsm siphash wire wheel tcp stack trace diagram explain sim"

// mayNotImport is what these packages leave to those above them, and why.
var mayNotImport = map[string]string{
	"sync":         "nothing below the root is shared, so nothing is locked",
	"sync/atomic":  "nothing below the root is shared, so nothing is locked",
	"math/rand":    "randomness is an input",
	"math/rand/v2": "randomness is an input",
	"crypto/rand":  "randomness is an input",
}

// mayNotUse is single names of packages that are welcome otherwise.
var mayNotUse = map[string][]string{
	"time": {"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"},
}

// mayUse is the only names that these packages use of others. A simulation has
// generators of its own, from a seed, so that a run can be repeated.
var mayUse = map[string][]string{
	"net":          {"Error", "ErrClosed"},
	"os":           {"ErrDeadlineExceeded"},
	"math/rand/v2": {"New", "NewPCG", "NewChaCha8", "Rand", "PCG", "ChaCha8", "Source"},
}

// Below the root there is no clock, no randomness, no goroutine and no lock.
func TestSansIO(t *testing.T) { report(t, impure(packages(t))) }

// impure is where the packages of sansIO are more than computation.
func impure(all map[string]*pkg) (breaches []string) {
	for _, name := range strings.Fields(sansIO) {
		if all[name] == nil {
			continue
		}
		for _, f := range all[name].files {
			breaches = append(breaches, impureImports(name, f)...)
			breaches = append(breaches, impureCode(f)...)
		}
	}
	return breaches
}

func impureImports(name string, f *file) (breaches []string) {
	for _, imported := range f.paths {
		if name == "sim" && imported == "math/rand/v2" {
			continue // mayUse says what for
		}
		if why, bad := mayNotImport[imported]; bad {
			breaches = append(breaches, fmt.Sprintf("%s imports %s: %s", f.name, imported, why))
		}
	}
	return breaches
}

func impureCode(f *file) (breaches []string) {
	imported := importNames(f)
	ast.Inspect(f.ast, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			breaches = append(breaches, f.line(n)+": a goroutine; only the root and what is above it has any")
		case *ast.SelectorExpr:
			x, ok := n.X.(*ast.Ident)
			if !ok {
				return true
			}
			of := imported[x.Name]
			only, limited := mayUse[of]
			if slices.Contains(mayNotUse[of], n.Sel.Name) || limited && !slices.Contains(only, n.Sel.Name) {
				breaches = append(breaches, fmt.Sprintf("%s: %s.%s; time, randomness and packets come from the callers", f.line(n), x.Name, n.Sel.Name))
			}
		}
		return true
	})
	return breaches
}

// importNames is the packages that a file imports by the names it has for
// them.
func importNames(f *file) map[string]string {
	names := map[string]string{}
	for i, spec := range f.ast.Imports {
		p := f.paths[i]
		name := path.Base(p)
		if _, err := strconv.Atoi(strings.TrimPrefix(name, "v")); err == nil {
			name = path.Base(path.Dir(p)) // math/rand/v2
		}
		if spec.Name != nil {
			name = spec.Name.Name
		}
		names[name] = p
	}
	return names
}
