package script

import "strconv"

// A tokenKind is a kind of token.
type tokenKind uint8

const (
	tokEOF    tokenKind = iota
	tokWord             // letters, digits and underscores
	tokInt              // -10
	tokHex              // 0x0a
	tokFloat            // 0.5, .5
	tokString           // "..."
	tokShell            // `...`
	tokCode             // %{ ... }%
	tokOption           // --name
	tokDots             // ...
	tokAddr             // 192.0.2.1, fd00::1
	tokPunct            // any other character
)

// A token is a token with its place. Text is what it means: without quotes.
type token struct {
	Pos
	kind   tokenKind
	text   string
	num    int64
	tooBig bool // it does not fit num: a number's digits, which may be those of a cookie
	start  int  // offset in the source
	end    int
}

// describe names a token in an error.
func (t token) describe() string {
	switch t.kind {
	case tokEOF:
		return "the end of the script"
	case tokShell:
		return "a command"
	case tokCode:
		return "a %{ }% block"
	case tokString:
		return strconv.Quote(t.text)
	case tokOption:
		return "--" + t.text
	default:
		return strconv.Quote(t.text)
	}
}
