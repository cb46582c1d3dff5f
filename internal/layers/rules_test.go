package layers

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"testing"
)

// Two rules that need types: sequence numbers wrap, so only their methods
// order them (§3.4); and the state of a connection is assigned in one place.
func TestTypedRules(t *testing.T) {
	all, err := typeCheck(packages(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Run("SequenceNumbersAreNotIntegers", func(t *testing.T) { report(t, ordered(all)) })
	t.Run("OneAssignmentToTheState", func(t *testing.T) {
		if places := assignments(all); len(places) != 1 {
			t.Errorf("the state of a tcp.TCB is changed at %d places, want one: %q", len(places), places)
		}
	})
}

// ordered is where sequence numbers are put in the order of integers.
func ordered(all map[string]*typed) (breaches []string) {
	for name, p := range all {
		if name == "seq" {
			continue
		}
		for _, f := range p.files {
			ast.Inspect(f.ast, func(n ast.Node) bool {
				if op := order(p.info, n); op != "" {
					breaches = append(breaches, fmt.Sprintf("%s: %s of sequence numbers, which wrap; use Before, After, In, seq.Min or seq.Max", f.line(n), op))
				}
				return true
			})
		}
	}
	return breaches
}

// order is the operation by which n orders sequence numbers, empty if it does
// not.
func order(info *types.Info, n ast.Node) string {
	isNum := func(e ast.Expr) bool { return is(info.TypeOf(e), "seq", "Num") }
	switch n := n.(type) {
	case *ast.BinaryExpr:
		ops := []token.Token{token.LSS, token.GTR, token.LEQ, token.GEQ}
		if slices.Contains(ops, n.Op) && (isNum(n.X) || isNum(n.Y)) {
			return n.Op.String()
		}
	case *ast.CallExpr:
		fun, ok := n.Fun.(*ast.Ident)
		if !ok || fun.Name != "min" && fun.Name != "max" {
			return ""
		}
		if _, builtin := info.Uses[fun].(*types.Builtin); builtin && slices.ContainsFunc(n.Args, isNum) {
			return fun.Name
		}
	}
	return ""
}

// assignments is the places that give a tcp.TCB its state. The one that may is
// where package tcp takes a row of fsm.Table.
func assignments(all map[string]*typed) (places []string) {
	state := field(all["tcp"], "TCB", "State")
	if state == nil {
		return nil
	}
	for _, p := range all {
		for _, f := range p.files {
			ast.Inspect(f.ast, func(n ast.Node) bool {
				if assigns(p.info, n, state) {
					places = append(places, f.line(n))
				}
				return true
			})
		}
	}
	slices.Sort(places)
	return places
}

// field is a field of a struct type, nil if there is none.
func field(p *typed, typeName, name string) types.Object {
	if p == nil || p.types.Scope().Lookup(typeName) == nil {
		return nil
	}
	found, _, _ := types.LookupFieldOrMethod(p.types.Scope().Lookup(typeName).Type(), true, p.types, name)
	return found
}

// assigns reports whether n changes the field state of a tcp.TCB: by name, with
// a whole new TCB where it lives, in a literal, or through its address. A copy
// of another TCB is none: the table has chosen its state.
func assigns(info *types.Info, n ast.Node, state types.Object) bool {
	isState := func(e ast.Expr) bool {
		sel, ok := ast.Unparen(e).(*ast.SelectorExpr)
		return ok && info.Uses[sel.Sel] == state
	}
	switch n := n.(type) {
	case *ast.AssignStmt:
		return slices.ContainsFunc(n.Lhs, isState) || renewsTCB(info, n)
	case *ast.IncDecStmt:
		return isState(n.X)
	case *ast.UnaryExpr:
		return n.Op == token.AND && isState(n.X)
	case *ast.KeyValueExpr:
		key, ok := n.Key.(*ast.Ident)
		return ok && info.Uses[key] == state
	}
	return false
}

// renewsTCB reports whether n puts a tcp.TCB that is no copy of another into a
// struct or behind a pointer. A local variable is just a snapshot.
func renewsTCB(info *types.Info, n *ast.AssignStmt) bool {
	if len(n.Lhs) != len(n.Rhs) {
		return false
	}
	for i, to := range n.Lhs {
		_, local := ast.Unparen(to).(*ast.Ident)
		_, isLiteral := ast.Unparen(n.Rhs[i]).(*ast.CompositeLit)
		if !local && isLiteral && is(info.TypeOf(to), "tcp", "TCB") {
			return true
		}
	}
	return false
}
