package script

import "strings"

// call takes a system call and its expected result.
func (p *parser) call(at Time) *Call {
	c := &Call{}
	if p.tok.kind == tokDots {
		p.advance()
		c.Blocking = true
		from := p.tok.Pos
		c.End = p.seconds()
		if p.err == nil && c.End < at.Start {
			p.wrong(from, "this call would return before it begins")
		}
	}
	if p.tok.kind != tokWord {
		p.expected("the name of a system call")
		return c
	}
	c.Name = p.tok.text
	p.advance()
	p.need("(")
	if !p.take(")") {
		c.Args = p.exprs()
		p.need(")")
	}
	p.need("=")
	c.Result = p.expr()
	if p.tok.kind == tokWord {
		if !isErrno(p.tok.text) {
			p.expected("an errno such as EINVAL, a note in brackets, or the next event")
			return c
		}
		c.Errno = p.tok.text
		p.advance()
	}
	if p.is("(") {
		c.Note = p.note()
	}
	return c
}

// isErrno reports whether a word looks like the name of an error.
func isErrno(s string) bool { return len(s) > 1 && s[0] == 'E' && s == strings.ToUpper(s) }

// note takes words in brackets.
func (p *parser) note() string {
	p.need("(")
	var words []string
	for p.tok.kind == tokWord {
		words = append(words, p.tok.text)
		p.advance()
	}
	if len(words) == 0 {
		p.expected("words")
	}
	p.need(")")
	return strings.Join(words, " ")
}

// exprs takes expressions with commas between them.
func (p *parser) exprs() (list []*Expr) {
	for {
		list = append(list, p.expr())
		if p.err != nil || !p.take(",") {
			return list
		}
	}
}

// expr takes an expression: operands joined by |, or an assignment.
func (p *parser) expr() *Expr {
	left := p.operand()
	switch {
	case p.err != nil:
	case p.is("=") && (left.Kind == Word || left.Kind == Invoke):
		p.advance()
		e := &Expr{Pos: left.Pos, Kind: Assign, Args: []*Expr{p.expr()}}
		if left.Kind == Word {
			e.Text = left.Text
		} else { // msg_name(...) = ...
			e.Args = append([]*Expr{left}, e.Args...)
		}
		return e
	case p.is("|"):
		p.advance()
		return &Expr{Pos: left.Pos, Kind: Or, Args: []*Expr{left, p.expr()}}
	}
	return left
}

// maxDepth bounds how deep expressions may be nested.
const maxDepth = 50

// operand takes an expression without operators.
func (p *parser) operand() *Expr {
	if p.depth++; p.depth > maxDepth {
		p.wrong(p.tok.Pos, "expressions are nested deeper than %d", maxDepth)
	}
	defer func() { p.depth-- }()
	e := &Expr{Pos: p.tok.Pos}
	switch {
	case p.tok.kind == tokDots:
		p.advance()
	case p.tok.tooBig:
		p.wrong(p.tok.Pos, "%s does not fit 64 bits", p.tok.text)
	case p.tok.kind == tokInt, p.tok.kind == tokHex:
		e.Kind, e.Int, e.Hex = Integer, p.tok.num, p.tok.kind == tokHex
		p.advance()
	case p.tok.kind == tokString:
		p.strings(e)
	case p.tok.kind == tokWord:
		p.wordOrInvoke(e)
	case p.take("["):
		e.Kind = List
		if !p.is("]") {
			e.Args = p.exprs()
		}
		p.need("]")
	case p.take("{"):
		e.Kind = Struct
		e.Args = p.exprs()
		p.need("}")
	default:
		p.expected("a value: ..., a number, a name, a string, [ ] or { }")
	}
	return e
}

// strings takes strings that stand one after the other and make one, or one
// with "..." behind.
func (p *parser) strings(e *Expr) {
	e.Kind = String
	for p.tok.kind == tokString {
		e.Text += p.tok.text
		p.advance()
	}
	if p.tok.kind == tokDots {
		e.Kind = Truncated
		p.advance()
	}
}

// wordOrInvoke takes a name, perhaps with arguments.
func (p *parser) wordOrInvoke(e *Expr) {
	e.Kind, e.Text = Word, p.tok.text
	p.advance()
	if p.is("(") && !isErrno(e.Text) {
		p.advance()
		e.Kind = Invoke
		e.Args = p.exprs()
		p.need(")")
	}
}
