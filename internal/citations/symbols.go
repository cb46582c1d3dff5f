package citations

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path"
)

// A stretch is the lines of a declaration, its comments included.
type stretch struct {
	from, to int // lines, from 1; to is the last one
	name     string
}

// symbols is which declaration of a Go file each line belongs to, named as in
// "Flags", "Config.TimeWait", "(*Conn).Emit". It is always empty for other
// files, and for Go that cannot be parsed.
func symbols(file, text string) func(line int) string {
	none := func(int) string { return "" }
	if path.Ext(file) != ".go" {
		return none
	}
	set := token.NewFileSet()
	parsed, err := parser.ParseFile(set, file, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return none
	}
	var all []stretch
	add := func(name string, n ast.Node, comments ...*ast.CommentGroup) {
		s := stretch{set.Position(n.Pos()).Line, set.Position(n.End()).Line, name}
		for _, c := range comments {
			if c != nil {
				s.from = min(s.from, set.Position(c.Pos()).Line)
				s.to = max(s.to, set.Position(c.End()).Line)
			}
		}
		all = append(all, s)
	}
	for _, d := range parsed.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			add(funcName(d), d, d.Doc)
		case *ast.GenDecl:
			for _, s := range d.Specs {
				addSpec(add, d, s)
			}
		}
	}
	return func(line int) string { return smallest(all, line) }
}

// smallest is the name of the smallest stretch that line is in.
func smallest(all []stretch, line int) (name string) {
	size := 0
	for _, s := range all {
		if n := s.to - s.from + 1; s.from <= line && line <= s.to && (name == "" || n < size) {
			name, size = s.name, n
		}
	}
	return name
}

// funcName is a function's name with its receiver.
func funcName(d *ast.FuncDecl) string {
	if d.Recv == nil {
		return d.Name.Name
	}
	of, pointer := d.Recv.List[0].Type, false
	if star, ok := of.(*ast.StarExpr); ok {
		of, pointer = star.X, true
	}
	if index, ok := of.(*ast.IndexExpr); ok {
		of = index.X // a type parameter
	}
	name := "?"
	if id, ok := of.(*ast.Ident); ok {
		name = id.Name
	}
	if pointer {
		name = "(*" + name + ")"
	}
	return name + "." + d.Name.Name
}

// addSpec adds what one type, constant or variable declaration names, and the
// fields of a struct.
func addSpec(add func(string, ast.Node, ...*ast.CommentGroup), d *ast.GenDecl, s ast.Spec) {
	switch s := s.(type) {
	case *ast.ValueSpec:
		doc := s.Doc
		if !d.Lparen.IsValid() {
			doc = d.Doc
		}
		add(s.Names[0].Name, s, doc, s.Comment)
	case *ast.TypeSpec:
		doc := s.Doc
		if !d.Lparen.IsValid() {
			doc = d.Doc
		}
		add(s.Name.Name, s, doc, s.Comment)
		fields, ok := s.Type.(*ast.StructType)
		if !ok {
			return
		}
		for _, f := range fields.Fields.List {
			if len(f.Names) > 0 {
				add(s.Name.Name+"."+f.Names[0].Name, f, f.Doc, f.Comment)
			}
		}
	}
}
