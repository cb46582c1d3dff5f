package script

import "math"

// icmp takes an ICMP message: its type, code, MTU, and what it quotes. The quote
// may have stood before.
func (p *parser) icmp(quote *ICMP) *ICMP {
	m := &ICMP{MTU: -1, EchoID: -1}
	if quote != nil {
		m = quote
	}
	if p.tok.kind != tokWord {
		p.expected("the type of an ICMP message")
		return m
	}
	m.Type = p.tok.text
	p.advance()
	if p.tok.kind == tokWord && !p.is("mtu") && !p.is("id") {
		m.Code = p.tok.text
		p.advance()
	}
	if p.take("mtu") {
		m.MTU = int(p.integer("the MTU", 0, math.MaxInt32))
	}
	if p.take("id") {
		m.EchoID = int(p.integer("the identifier", 0, math.MaxUint16))
	}
	if quote == nil && p.take("[") {
		p.quote(m)
		p.need("]")
	}
	return m
}

// quote takes what an ICMP message quotes.
func (p *parser) quote(m *ICMP) {
	m.HasQuote = true
	for _, other := range []string{"udp", "raw"} {
		if p.take(other) {
			m.QuoteOther = other
			m.QuoteLen = p.length()
			return
		}
	}
	var t TCP
	p.sequence(&t)
	if p.err == nil && (t.AnySeq || t.LiteralSeq) {
		p.expected("the quoted segment's numbers, as 1:1001(1000)")
	}
	m.QuoteSeq, m.QuoteLen = t.Seq, t.Len
}

// udp takes a datagram after the word udp.
func (p *parser) udp() *UDP {
	u := &UDP{}
	if p.tok.kind == tokInt {
		u.Ports = p.ports()
	}
	u.Len = p.length()
	return u
}
