package drill

import (
	"math"
	"strconv"
)

// maxExact bounds the numbers of expressions: from there on they are not exact
// in a float64, and nothing is guessed.
const maxExact = 1 << 53

// truth is a truth value as a number, as Python has it.
func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// expr is an expression: "a if condition else b", or one of operators. These
// bind as in Python.
func (e *evaluator) expr() float64 {
	v := e.or()
	if e.err != nil || !e.keyword("if") {
		return v
	}
	condition := e.or()
	if !e.keyword("else") {
		e.unknown()
	}
	if w := e.expr(); condition == 0 {
		return w
	}
	return v
}

func (e *evaluator) or() float64 {
	v := e.and()
	for e.err == nil && e.keyword("or") {
		w := e.and()
		v = truth(v != 0 || w != 0)
	}
	return v
}

func (e *evaluator) and() float64 {
	v := e.not()
	for e.err == nil && e.keyword("and") {
		w := e.not()
		v = truth(v != 0 && w != 0)
	}
	return v
}

func (e *evaluator) not() float64 {
	if !e.deeper() {
		return 0
	}
	defer func() { e.depth-- }()
	if e.keyword("not") {
		return truth(e.not() == 0)
	}
	return e.comparison()
}

// comparison is a chain, a < b < c for a < b and b < c, or a question whether
// something is in a list.
func (e *evaluator) comparison() float64 {
	v := e.binary(0)
	switch {
	case e.err != nil:
		return 0
	case e.keyword("in"):
		return truth(e.among(v))
	case e.keyword("not"):
		if !e.keyword("in") {
			e.unknown()
			return 0
		}
		return truth(!e.among(v))
	}
	result, compared := true, false
	for e.err == nil {
		op := e.operator("==", "!=", "<=", ">=", "<", ">")
		if op == "" {
			break
		}
		compared = true
		w := e.binary(0)
		result = result && compare(op, v, w)
		v = w
	}
	if compared {
		return truth(result)
	}
	return v
}

// operator takes the first of some operators that comes next, unless it is the
// beginning of a shift; empty if none does.
func (e *evaluator) operator(list ...string) string {
	for _, op := range list {
		if (op == "<" || op == ">") && e.at(op+op) {
			continue
		}
		if e.take(op) {
			return op
		}
	}
	return ""
}

func compare(op string, a, b float64) bool {
	switch op {
	case "==":
		return a == b
	case "!=":
		return a != b
	case "<=":
		return a <= b
	case ">=":
		return a >= b
	case "<":
		return a < b
	}
	return a > b
}

// among takes a list or a tuple, and reports whether it holds v.
func (e *evaluator) among(v float64) (found bool) {
	end := ")"
	switch {
	case e.take("["):
		end = "]"
	case !e.take("("):
		e.unknown()
	}
	for _, w := range e.list(end) {
		found = found || v == w
	}
	return found
}

// list takes expressions with commas between them, up to the bracket that ends
// them.
func (e *evaluator) list(end string) (all []float64) {
	for e.err == nil && !e.take(end) {
		all = append(all, e.expr())
		if !e.take(",") && !e.at(end) {
			e.unknown()
		}
	}
	return all
}

// levels is the binary operators, the weakest first.
var levels = [][]string{{"|"}, {"^"}, {"&"}, {"<<", ">>"}, {"+", "-"}, {"*", "//", "/", "%"}}

// binary is an expression of operators from a level on.
func (e *evaluator) binary(level int) float64 {
	if level == len(levels) {
		return e.unary()
	}
	v := e.binary(level + 1)
	for e.err == nil {
		if e.at("**") {
			e.unknown()
			return 0
		}
		op := ""
		for _, o := range levels[level] {
			if e.take(o) {
				op = o
				break
			}
		}
		if op == "" {
			return v
		}
		v = e.apply(op, v, e.binary(level+1))
		if math.Abs(v) >= maxExact {
			e.unknown()
		}
	}
	return v
}

// apply is one binary operation. The quotient of whole numbers must be whole:
// what it is otherwise depends on the version of Python.
func (e *evaluator) apply(op string, a, b float64) float64 {
	switch op {
	case "+":
		return a + b
	case "-":
		return a - b
	case "*":
		return a * b
	case "/", "//", "%":
		return e.divide(op, a, b)
	}
	return e.bits(op, a, b)
}

// divide is a quotient, rounded down, or what remains of it.
func (e *evaluator) divide(op string, a, b float64) float64 {
	if b == 0 {
		e.unknown()
		return 0
	}
	floor := math.Floor(a / b)
	switch {
	case op == "//":
		return floor
	case op == "%":
		return a - b*floor
	case whole(a) && whole(b) && a/b != floor:
		e.unknown()
	}
	return a / b
}

// bits is an operation on whole numbers, bit by bit.
func (e *evaluator) bits(op string, a, b float64) float64 {
	if !whole(a) || !whole(b) || op[0] == op[len(op)-1] && len(op) == 2 && (b < 0 || b > 53) {
		e.unknown()
		return 0
	}
	switch x, y := int64(a), int64(b); op {
	case "|":
		return float64(x | y)
	case "^":
		return float64(x ^ y)
	case "&":
		return float64(x & y)
	case "<<":
		return a * math.Exp2(b)
	default: // >>
		return float64(x >> uint(y))
	}
}

// whole reports whether a number is one that integers have exactly.
func whole(v float64) bool { return v == math.Trunc(v) && math.Abs(v) < maxExact }

// unary is a sign, a number, a name, a function's value, or something in
// brackets.
func (e *evaluator) unary() float64 {
	if !e.deeper() {
		return 0
	}
	defer func() { e.depth-- }()
	switch {
	case e.take("-"):
		return -e.unary()
	case e.take("+"):
		return e.unary()
	case e.take("~"):
		return -1 - e.unary()
	case e.take("("):
		v := e.expr()
		if !e.take(")") {
			e.unknown()
		}
		return v
	}
	if n, ok := e.number(); ok {
		return n
	}
	w := e.word()
	switch {
	case w == "" || e.at(".") || e.at("["):
		e.unknown()
		return 0
	case e.take("("):
		return e.function(w, e.list(")"))
	}
	v, known := e.look(w)
	if !known && e.err == nil {
		e.err = need("the field " + w)
	}
	return v
}

// number takes a number: 10, 0x0a, 9.5, 1e6.
func (e *evaluator) number() (v float64, ok bool) {
	if c := e.peek(); (c < '0' || c > '9') && c != '.' {
		return 0, false
	}
	end := e.off
	for end < len(e.src) && (isAlnum(e.src[end]) || e.src[end] == '.') {
		end++
	}
	text := e.src[e.off:end]
	n, err := strconv.ParseUint(text, 0, 64)
	v = float64(n)
	if err != nil {
		v, err = strconv.ParseFloat(text, 64)
	}
	if err != nil || v >= maxExact {
		e.unknown()
		return 0, true
	}
	e.off = end
	return v, true
}

// function is one of Python's functions on numbers.
func (e *evaluator) function(name string, args []float64) float64 {
	switch {
	case e.err != nil:
	case name == "abs" && len(args) == 1:
		return math.Abs(args[0])
	case name == "int" && len(args) == 1:
		return math.Trunc(args[0])
	case name == "float" && len(args) == 1:
		return args[0]
	case (name == "min" || name == "max") && len(args) > 1:
		v := args[0]
		for _, w := range args[1:] {
			if (w < v) == (name == "min") && w != v {
				v = w
			}
		}
		return v
	default:
		e.unknown()
	}
	return 0
}
