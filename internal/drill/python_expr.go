package drill

import "strconv"

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// or, and, not are the logical operators, in Python's order of binding.
func (e *evaluator) or() int64 {
	v := e.and()
	for e.err == nil && e.keyword("or") {
		w := e.and()
		v = truth(v != 0 || w != 0)
	}
	return v
}

func (e *evaluator) and() int64 {
	v := e.not()
	for e.err == nil && e.keyword("and") {
		w := e.not()
		v = truth(v != 0 && w != 0)
	}
	return v
}

func (e *evaluator) not() int64 {
	if e.keyword("not") {
		return truth(e.not() == 0)
	}
	return e.comparison()
}

// comparison is a chain: a < b < c is a < b and b < c.
func (e *evaluator) comparison() int64 {
	v := e.binary(0)
	result, compared := true, false
	for e.err == nil {
		op := ""
		for _, o := range []string{"==", "!=", "<=", ">=", "<", ">"} {
			if !e.at("<<") && !e.at(">>") && e.take(o) {
				op = o
				break
			}
		}
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

func compare(op string, a, b int64) bool {
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

// levels is the binary operators, the weakest first.
var levels = [][]string{{"|"}, {"^"}, {"&"}, {"<<", ">>"}, {"+", "-"}, {"*", "//", "/", "%"}}

// binary is an expression of operators from a level on.
func (e *evaluator) binary(level int) int64 {
	if level == len(levels) {
		return e.unary()
	}
	v := e.binary(level + 1)
	for e.err == nil {
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
	}
	return v
}

// apply is one binary operation. Division is exact, or Python's floor.
func (e *evaluator) apply(op string, a, b int64) int64 {
	switch op {
	case "|":
		return a | b
	case "^":
		return a ^ b
	case "&":
		return a & b
	case "<<":
		return a << (uint64(b) & 63)
	case ">>":
		return a >> (uint64(b) & 63)
	case "+":
		return a + b
	case "-":
		return a - b
	case "*":
		return a * b
	}
	if b <= 0 || a < 0 || op == "/" && a%b != 0 {
		e.unknown() // fractions and negative quotients
		return 0
	}
	if op == "%" {
		return a % b
	}
	return a / b
}

// unary is a sign, a number, a name, or something in brackets.
func (e *evaluator) unary() int64 {
	switch {
	case e.err != nil:
		return 0
	case e.take("-"):
		return -e.unary()
	case e.take("~"):
		return ^e.unary()
	case e.take("("):
		v := e.or()
		if !e.take(")") {
			e.unknown()
		}
		return v
	}
	w := e.word()
	if w == "" || e.at("(") || e.at(".") || e.at("[") {
		e.unknown()
		return 0
	}
	if n, err := strconv.ParseInt(w, 0, 64); err == nil {
		return n
	}
	v, known := e.look(w)
	if !known && e.err == nil {
		e.err = need("the field " + w)
	}
	return v
}
