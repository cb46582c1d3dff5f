package script

import "strings"

// A conditional is an #ifdef or #ifndef that waits for its #endif.
type conditional struct {
	Pos
	taken   bool // its text, or that of #else, is taken at present
	hasElse bool
}

// lineLen is the bytes before the end of the line.
func lineLen(s string) int {
	if n := strings.IndexByte(s, '\n'); n >= 0 {
		return n
	}
	return len(s)
}

// directive takes a line that starts with #, and leaves out what it says.
func (l *lexer) directive() error {
	for {
		at := l.pos()
		line := strings.TrimSpace(l.rest()[:lineLen(l.rest())])
		l.advance(lineLen(l.rest()))
		if err := l.condition(at, line); err != nil {
			return err
		}
		if l.included() {
			return nil
		}
		for {
			if l.off == len(l.src) {
				return nil // skip complains
			}
			if strings.HasPrefix(strings.TrimLeft(l.rest(), " \t"), "#") && l.off == l.lineOff {
				l.advance(strings.IndexByte(l.rest(), '#'))
				break
			}
			l.advance(min(lineLen(l.rest())+1, len(l.rest())))
		}
	}
}

// included reports whether the text here is part of the script.
func (l *lexer) included() bool {
	for _, c := range l.open {
		if !c.taken {
			return false
		}
	}
	return true
}

// condition takes one directive into account.
func (l *lexer) condition(at Pos, line string) error {
	words := strings.Fields(strings.SplitN(line, "//", 2)[0])
	n := len(l.open)
	switch {
	case len(words) == 2 && (words[0] == "#ifdef" || words[0] == "#ifndef"):
		_, defined := l.defines[words[1]]
		l.open = append(l.open, conditional{Pos: at, taken: defined == (words[0] == "#ifdef")})
	case len(words) == 1 && words[0] == "#else" && n > 0 && !l.open[n-1].hasElse:
		l.open[n-1].taken = !l.open[n-1].taken
		l.open[n-1].hasElse = true
	case len(words) == 1 && words[0] == "#endif" && n > 0:
		l.open = l.open[:n-1]
	case !l.included():
		// Text that is left out anyway.
	default:
		return l.fail(at, "expected #ifdef NAME, #ifndef NAME, #else or #endif, found %q", line)
	}
	return nil
}
