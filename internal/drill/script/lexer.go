package script

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// A lexer cuts a script into tokens.
type lexer struct {
	file    string
	src     string
	off     int
	line    int
	lineOff int // offset of the line's first character
	defines map[string]string
	open    []conditional // the #ifdefs around off
}

func (l *lexer) pos() Pos { return Pos{l.line, l.off - l.lineOff + 1} }

func (l *lexer) fail(at Pos, format string, args ...any) error {
	return &Error{l.file, at, fmt.Sprintf(format, args...)}
}

// advance moves over n bytes, which it counts lines in.
func (l *lexer) advance(n int) {
	for i := range n {
		if l.src[l.off+i] == '\n' {
			l.line++
			l.lineOff = l.off + i + 1
		}
	}
	l.off += n
}

// rest is what is still to be read.
func (l *lexer) rest() string { return l.src[l.off:] }

// skip moves over white space, comments, and what #ifdef leaves out.
func (l *lexer) skip() error {
	for l.off < len(l.src) {
		rest := l.rest()
		switch {
		case strings.ContainsRune(" \t\r\n", rune(rest[0])):
			l.advance(1)
		case strings.HasPrefix(rest, "//"):
			l.advance(lineLen(rest))
		case strings.HasPrefix(rest, "/*"):
			end := strings.Index(rest[2:], "*/")
			if end < 0 {
				return l.fail(l.pos(), "expected the end of this comment: */")
			}
			l.advance(end + 4)
		case rest[0] == '#' && strings.TrimSpace(l.src[l.lineOff:l.off]) == "":
			if err := l.directive(); err != nil {
				return err
			}
		default:
			return nil
		}
	}
	if n := len(l.open); n > 0 {
		return l.fail(l.open[n-1].Pos, "expected #endif for this #ifdef")
	}
	return nil
}

// next is the next token.
func (l *lexer) next() (token, error) {
	if err := l.skip(); err != nil {
		return token{}, err
	}
	t := token{Pos: l.pos(), start: l.off}
	rest := l.rest()
	if rest == "" {
		t.end = l.off
		return t, nil
	}
	n, err := l.scan(&t, rest)
	if err != nil {
		return t, err
	}
	l.advance(n)
	t.end = l.off
	if t.kind == tokWord {
		l.define(&t)
	}
	return t, nil
}

// define puts what -D says in the place of a word.
func (l *lexer) define(t *token) {
	value, ok := l.defines[t.text]
	if !ok {
		return
	}
	if n := len(value); n >= 2 && value[0] == value[n-1] && (value[0] == '"' || value[0] == '`') {
		t.kind, t.text = tokString, value[1:n-1]
		if value[0] == '`' {
			t.kind = tokShell
		}
		return
	}
	t.text = value
	if v, err := strconv.ParseInt(value, 0, 64); err == nil {
		t.kind, t.num = tokInt, v
	}
}

// scan fills in the token at the head of s, and returns its length.
func (l *lexer) scan(t *token, s string) (int, error) {
	switch {
	case strings.HasPrefix(s, "..."):
		t.kind, t.text = tokDots, "..."
		return 3, nil
	case strings.HasPrefix(s, "%{"):
		return l.quoted(t, s, tokCode, "%{", "}%")
	case s[0] == '`':
		return l.quoted(t, s, tokShell, "`", "`")
	case s[0] == '"':
		return l.quoted(t, s, tokString, `"`, `"`)
	case strings.HasPrefix(s, "--") && len(s) > 2 && isWord(s[2]):
		n := 2 + span(s[2:], isWord)
		t.kind, t.text = tokOption, s[2:n]
		return n, nil
	}
	if n, ok := scanAddr(t, s); ok {
		return n, nil
	}
	if n, ok := scanNumber(t, s); ok {
		return n, nil
	}
	if n := span(s, isWord); n > 0 {
		t.kind, t.text = tokWord, s[:n]
		return n, nil
	}
	if s[0] >= 0x80 {
		return 0, l.fail(t.Pos, "a character that is not ASCII")
	}
	t.kind, t.text = tokPunct, s[:1]
	return 1, nil
}

// quoted takes text between quotes, in which a backslash takes the next
// character's meaning away.
func (l *lexer) quoted(t *token, s string, kind tokenKind, begin, end string) (int, error) {
	for i := len(begin); i < len(s); i++ {
		if s[i] == '\\' && kind != tokCode {
			i++
			continue
		}
		if strings.HasPrefix(s[i:], end) {
			t.kind, t.text = kind, s[len(begin):i]
			return i + len(end), nil
		}
	}
	return 0, l.fail(t.Pos, "expected %s to end what %s begins here", end, begin)
}

// scanNumber takes a number: the longest of a float, a hexadecimal and a
// decimal one, unless a word is longer.
func scanNumber(t *token, s string) (n int, ok bool) {
	sign := 0
	if s[0] == '-' {
		sign = 1
	}
	whole := sign + span(s[sign:], isDigit)
	if whole < len(s) && s[whole] == '.' {
		if frac := span(s[whole+1:], isDigit); frac > 0 {
			t.kind, t.text = tokFloat, s[:whole+1+frac]
			return len(t.text), true
		}
	}
	word := span(s, isWord)
	if strings.HasPrefix(s, "0x") && span(s[2:], isHex) > 0 && 2+span(s[2:], isHex) == word {
		t.kind = tokHex
		n = word
	} else if whole == sign || word > whole {
		return 0, false
	} else {
		t.kind = tokInt
		n = whole
	}
	t.text = s[:n]
	digits, base := t.text, 10
	if t.kind == tokHex {
		digits, base = digits[2:], 16
	}
	num, err := strconv.ParseInt(digits, base, 64)
	t.num, t.tooBig = num, err != nil
	return n, true
}

// scanAddr takes an IP address: a dotted quad, or an IPv6 address with "::".
func scanAddr(t *token, s string) (n int, ok bool) {
	n = span(s, func(c byte) bool { return isHex(c) || c == ':' || c == '.' })
	text := s[:n]
	if n < len(s) && isWord(s[n]) {
		return 0, false
	}
	quad := strings.Count(text, ".") == 3 && !strings.Contains(text, "..")
	if !quad && !strings.Contains(text, "::") {
		return 0, false
	}
	for _, cut := range []string{text, strings.TrimSuffix(text, ":")} {
		if _, err := netip.ParseAddr(cut); err == nil {
			t.kind, t.text = tokAddr, cut
			return len(cut), true
		}
	}
	return 0, false
}

// span is how many bytes at the head of s are of a class.
func span(s string, is func(byte) bool) (n int) {
	for n < len(s) && is(s[n]) {
		n++
	}
	return n
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
func isHex(c byte) bool   { return isDigit(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F' }
func isWord(c byte) bool {
	return isDigit(c) || c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
