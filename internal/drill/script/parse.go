package script

import (
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"
)

// A parser reads tokens with one of look-ahead.
type parser struct {
	lexer
	tok   token
	prev  token
	err   error // the first error; afterwards every token is the end
	depth int   // of nested expressions
}

// Parse reads a script. defines is the symbols that #ifdef asks for, and text
// that takes the place of words (-D NAME=VALUE). An error is an *Error.
func Parse(file, src string, defines map[string]string) (*Script, error) {
	p := &parser{lexer: lexer{file: file, src: src, line: 1, defines: defines}}
	p.advance()
	s := p.script()
	if p.err != nil {
		return nil, p.err
	}
	return s, nil
}

// advance goes to the next token.
func (p *parser) advance() {
	p.prev = p.tok
	if p.err != nil {
		return
	}
	tok, err := p.next()
	if err != nil {
		p.stop(err)
		return
	}
	p.tok = tok
}

// stop ends the parsing with the first error.
func (p *parser) stop(err error) {
	if p.err == nil {
		p.err = err
	}
	p.tok = token{Pos: p.tok.Pos, kind: tokEOF}
}

// expected complains that something else was needed here.
func (p *parser) expected(what string) {
	p.stop(p.fail(p.tok.Pos, "expected %s, found %s", what, p.tok.describe()))
}

// wrong complains about what was read before.
func (p *parser) wrong(at Pos, format string, args ...any) {
	p.stop(p.fail(at, "%s", fmt.Sprintf(format, args...)))
}

// is reports whether the token is this word or character.
func (p *parser) is(text string) bool {
	return (p.tok.kind == tokWord || p.tok.kind == tokPunct) && p.tok.text == text
}

// take moves on if the token is this word or character.
func (p *parser) take(text string) bool {
	if !p.is(text) {
		return false
	}
	p.advance()
	return true
}

// need moves on over this word or character.
func (p *parser) need(text string) {
	if !p.take(text) {
		p.expected(strconv.Quote(text))
	}
}

// integer takes a decimal or hexadecimal number between two bounds.
func (p *parser) integer(what string, least, most int64) int64 {
	if p.tok.kind != tokInt && p.tok.kind != tokHex {
		p.expected(what)
		return 0
	}
	v := p.tok.num
	if p.tok.tooBig {
		p.wrong(p.tok.Pos, "%s does not fit 64 bits", p.tok.text)
		return 0
	}
	if v < least || v > most {
		p.wrong(p.tok.Pos, "%s is %d: it must be %d to %d", what, v, least, most)
		return 0
	}
	p.advance()
	return v
}

// script is options, a command, events and a command.
func (p *parser) script() *Script {
	s := &Script{File: p.file}
	for p.tok.kind == tokOption {
		s.Options = append(s.Options, p.option())
	}
	if p.tok.kind == tokShell {
		s.Init = p.command()
	}
	for p.err == nil && p.tok.kind != tokEOF && p.tok.kind != tokShell {
		s.Events = append(s.Events, p.event(len(s.Events) == 0))
	}
	if p.tok.kind == tokShell {
		s.Cleanup = p.command()
	}
	switch {
	case p.err != nil:
	case p.tok.kind != tokEOF:
		p.expected("the end of the script, after the cleanup command")
	case len(s.Events) == 0:
		p.expected("an event: a time and what happens then")
	}
	return s
}

// option takes --name or --name=value. The value is the word behind the equals
// sign.
func (p *parser) option() Option {
	o := Option{Pos: p.tok.Pos, Name: p.tok.text}
	p.advance()
	if !p.is("=") {
		return o
	}
	o.HasValue = true
	from := p.tok.end
	for from < len(p.src) && (p.src[from] == ' ' || p.src[from] == '\t') {
		from++
	}
	n := optionValueLen(p.src[from:])
	o.Value = p.src[from : from+n]
	if o.Value == "" {
		p.advance()
		p.expected("a value for --" + o.Name)
		return o
	}
	if o.Name == "define" {
		p.defineSymbol(o.Value)
	} else if n >= 2 && o.Value[0] == '"' && o.Value[n-1] == '"' {
		o.Value = o.Value[1 : n-1]
	}
	p.lexer.advance(from + n - p.off)
	p.advance()
	return o
}

// optionValueLen is the bytes of an option's value: up to white space or a
// comment outside of quotes.
func optionValueLen(s string) int {
	quote := byte(0)
	for i := range len(s) {
		switch {
		case quote != 0:
			if s[i] == quote {
				quote = 0
			}
		case s[i] == '"' || s[i] == '`':
			quote = s[i]
		case s[i] <= ' ', strings.HasPrefix(s[i:], "//"), strings.HasPrefix(s[i:], "/*"):
			return i
		}
	}
	return len(s)
}

// defineSymbol is --define=NAME=VALUE: from here on the value stands for the word.
func (p *parser) defineSymbol(text string) {
	name, value, _ := strings.Cut(text, "=")
	all := maps.Clone(p.defines)
	if all == nil {
		all = map[string]string{}
	}
	all[name] = value
	p.defines = all
}

func (p *parser) command() *Command {
	c := &Command{Pos: p.tok.Pos, Text: p.tok.text}
	p.advance()
	return c
}

// event takes a time and an action. The first one stands at time 0.
func (p *parser) event(first bool) Event {
	e := Event{Pos: p.tok.Pos}
	e.Time = p.time()
	if p.err != nil {
		return e
	}
	if first && (e.Time.Start != 0 || e.Time.End != 0) {
		p.wrong(e.Pos, "the first event must be at time 0")
	}
	at := p.tok.Pos
	switch {
	case p.is("<"), p.is(">"):
		e.Packet = p.packet()
	case p.tok.kind == tokShell:
		e.Command = p.command()
	case p.tok.kind == tokCode:
		e.Code = &Code{Pos: at, Text: p.tok.text}
		p.advance()
	case p.tok.kind == tokWord, p.tok.kind == tokDots:
		e.Call = p.call(e.Time)
	default:
		p.expected("a packet (< or >), a system call, a `command` or a %{ }% block")
	}
	if e.Time.Kind > Relative && p.err == nil && (e.Packet == nil || e.Packet.Dir != Outbound) {
		p.wrong(e.Pos, "only an expected packet (>) can have a range of times or *")
	}
	return e
}

// time takes one of the five forms.
func (p *parser) time() (t Time) {
	at := p.tok.Pos
	switch {
	case p.take("*"):
		return Time{Kind: AnyTime}
	case p.take("+"):
		t = Time{Kind: Relative, Start: p.seconds()}
		if p.take("~") {
			p.need("+")
			t.Kind, t.End = RelativeRange, p.seconds()
		}
	default:
		t = Time{Kind: Absolute, Start: p.seconds()}
		if p.take("~") {
			t.Kind, t.End = AbsoluteRange, p.seconds()
		}
	}
	if p.err == nil && (t.Kind == AbsoluteRange || t.Kind == RelativeRange) && t.End < t.Start {
		p.wrong(at, "this range of times ends before it begins")
	}
	return t
}

// maxSeconds bounds times, so that sums of them fit.
const maxSeconds = 1e8

// seconds takes a time in decimal seconds, to the microsecond.
func (p *parser) seconds() time.Duration {
	if p.tok.kind != tokFloat && p.tok.kind != tokInt {
		p.expected("a time in seconds")
		return 0
	}
	v, err := strconv.ParseFloat(p.tok.text, 64)
	if err != nil || v < 0 || v > maxSeconds {
		p.wrong(p.tok.Pos, "time %s: it must be 0 to %g seconds", p.tok.text, float64(maxSeconds))
		return 0
	}
	p.advance()
	return time.Duration(v*1e6+0.5) * time.Microsecond
}
