package drill

import (
	"fmt"
	"strings"
	"unicode"
)

// runCode runs the Python of a %{ }% block, as far as scripts use it: assert
// statements over numbers, print, and assignments, also of +=. look gives the value of a
// field; known is false if the target has none of that name. The first result
// is the assertion that failed, empty if none did.
func runCode(text string, look func(name string) (v int64, known bool)) (failed string, err error) {
	vars := map[string]float64{}
	for _, st := range statements(text) {
		e := evaluator{src: st, look: func(name string) (float64, bool) {
			if v, ok := vars[name]; ok {
				return v, true
			}
			if v, ok := infoNames[name]; ok {
				return float64(v), true
			}
			v, known := look(name)
			return float64(v), known
		}}
		failed, err = e.statement(vars)
		if failed != "" || err != nil {
			return failed, err
		}
	}
	return "", nil
}

// statements cuts Python into statements: at the ends of lines and at
// semicolons, outside of brackets and strings. Comments go, and so does the end of a
// line after a backslash.
func statements(text string) (list []string) {
	var b strings.Builder
	depth, quote := 0, rune(0)
	comment := false
	for _, c := range strings.ReplaceAll(text, "\\\n", " ") + "\n" {
		switch {
		case comment && c != '\n':
			continue
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '#':
			comment = true
			continue
		case strings.ContainsRune("([{", c):
			depth++
		case strings.ContainsRune(")]}", c):
			depth--
		case (c == '\n' || c == ';') && depth <= 0:
			comment = false
			if st := strings.TrimSpace(b.String()); st != "" {
				list = append(list, st)
			}
			b.Reset()
			continue
		case c == '\n':
			comment = false
		}
		b.WriteRune(c)
	}
	if st := strings.TrimSpace(b.String()); st != "" {
		list = append(list, st) // brackets or quotes that do not end
	}
	return list
}

// An evaluator reads one statement.
type evaluator struct {
	src  string
	off  int
	look func(string) (float64, bool)
	err  error

	depth int // of what is nested
}

// statement runs one statement.
func (e *evaluator) statement(vars map[string]float64) (failed string, err error) {
	word := e.word()
	switch {
	case word == "assert":
		v := e.expr()
		if e.err == nil && e.peek() != ',' && e.peek() != 0 {
			e.unknown()
		}
		if e.err == nil && v == 0 {
			return e.src, nil
		}
	case word == "print", word == "pass":
	case word != "" && e.peek() == '=' && !e.at("=="):
		e.off++
		vars[word] = e.expr()
		e.end()
	case word != "" && e.take("+="):
		old, known := vars[word]
		if vars[word] = old + e.expr(); !known {
			e.unknown()
		}
		e.end()
	default:
		e.off = 0
		e.unknown()
	}
	return "", e.err
}

// maxNested bounds how deep expressions may be nested.
const maxNested = 100

// deeper goes into something nested, unless that is too deep.
func (e *evaluator) deeper() bool {
	if e.depth++; e.depth > maxNested {
		e.unknown()
	}
	return e.err == nil
}

// end is where a statement ends.
func (e *evaluator) end() {
	if e.err == nil && e.peek() != 0 {
		e.unknown()
	}
}

// unknown notes that this Python is more than an evaluator knows.
func (e *evaluator) unknown() {
	if e.err == nil {
		e.err = need(fmt.Sprintf("Python in %q", strings.TrimSpace(e.src)))
	}
	e.off = len(e.src)
}

// peek is the next character that is not white space; 0 at the end.
func (e *evaluator) peek() byte {
	for e.off < len(e.src) && unicode.IsSpace(rune(e.src[e.off])) {
		e.off++
	}
	if e.off == len(e.src) {
		return 0
	}
	return e.src[e.off]
}

// at reports whether the text comes next.
func (e *evaluator) at(text string) bool {
	e.peek()
	return strings.HasPrefix(e.src[e.off:], text)
}

// take moves over the text if it comes next.
func (e *evaluator) take(text string) bool {
	if !e.at(text) {
		return false
	}
	e.off += len(text)
	return true
}

// word takes a name; empty if none comes.
func (e *evaluator) word() string {
	e.peek()
	from := e.off
	for e.off < len(e.src) && (e.src[e.off] == '_' || isAlnum(e.src[e.off])) {
		e.off++
	}
	return e.src[from:e.off]
}

func isAlnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// keyword takes a word such as "and" if it comes next.
func (e *evaluator) keyword(w string) bool {
	from := e.off
	if e.word() == w {
		return true
	}
	e.off = from
	return false
}
