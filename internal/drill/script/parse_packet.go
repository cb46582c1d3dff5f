package script

import (
	"maps"
	"math"
	"slices"
	"strings"
)

// packet takes what follows a time and starts with < or >.
func (p *parser) packet() *Packet {
	pkt := &Packet{Dir: Direction(p.tok.text[0]), IP: noIPInfo}
	p.advance()
	for p.is("ipv4") || p.is("ipv6") || p.is("gre") || p.is("GREv0") || p.is("mpls") {
		pkt.Encap = append(pkt.Encap, p.outerHeader())
	}
	quote := p.ipInfo(pkt)
	switch {
	case quote != nil || p.is("icmp"):
		p.need("icmp")
		pkt.ICMP = p.icmp(quote)
	case p.take("udp"):
		pkt.UDP = p.udp()
	default:
		pkt.TCP = p.tcp(pkt.Dir)
	}
	return pkt
}

// outerHeader takes an encapsulating header up to its colon, and keeps it as
// text.
func (p *parser) outerHeader() string {
	var words []string
	for !p.is(":") {
		if p.tok.kind == tokEOF {
			p.expected(`":" after the outer header`)
			return ""
		}
		words = append(words, p.tok.text)
		p.advance()
	}
	p.need(":")
	return strings.Join(words, " ")
}

// ipInfo takes what may be said about the IP header, in brackets. What an ICMP
// message quotes may stand in the same place: then that is the result.
func (p *parser) ipInfo(pkt *Packet) (quote *ICMP) {
	end := "]"
	switch {
	case p.take("["):
		if p.tok.kind == tokInt {
			quote = &ICMP{MTU: -1, EchoID: -1}
			p.quote(quote)
			p.need("]")
			return quote
		}
	case p.take("("):
		end = ")"
	default:
		return nil
	}
	for {
		p.ipField(&pkt.IP, pkt.Dir)
		if p.err != nil || !p.take(",") {
			break
		}
	}
	p.need(end)
	return nil
}

var ecnNames = []string{NoECN: "noecn", ECT1: "ect1", ECT0: "ect0", CE: "ce", ECT01: "ect01"}

// dscpNames is the differentiated services code points that have names (RFC 2474
// §4.2.2, RFC 2597 §6, RFC 3246, RFC 5865, RFC 8622).
var dscpNames = map[string]int{
	"cs0": 0, "cs1": 8, "cs2": 16, "cs3": 24, "cs4": 32, "cs5": 40, "cs6": 48, "cs7": 56,
	"af11": 10, "af12": 12, "af13": 14, "af21": 18, "af22": 20, "af23": 22,
	"af31": 26, "af32": 28, "af33": 30, "af41": 34, "af42": 36, "af43": 38,
	"ef": 46, "voice_admit": 44, "le": 1,
}

// DSCPNames is the differentiated services code points by their names, which are
// in small letters.
func DSCPNames() map[string]int { return maps.Clone(dscpNames) }

// dscp takes a code point, by its name or its number.
func (p *parser) dscp() int {
	if n, ok := dscpNames[strings.ToLower(p.tok.text)]; ok && p.tok.kind == tokWord {
		p.advance()
		return n
	}
	return int(p.integer("the DSCP", 0, 63))
}

func (p *parser) ipField(info *IPInfo, dir Direction) {
	if p.is("ecn") || p.is("ECN") {
		p.advance()
		if !slices.Contains(ecnNames, p.tok.text) {
			p.expected("noecn, ect0, ect1, ect01 or ce")
			return
		}
	}
	for ecn, name := range ecnNames {
		if name == "" || !p.is(name) {
			continue
		}
		if ECN(ecn) == ECT01 && dir == Inbound {
			p.expected("one ECN codepoint: ect01 is for expected packets")
		}
		info.ECN = ECN(ecn)
		p.advance()
		return
	}
	switch {
	case p.take("tos"), p.take("class"):
		info.TOS = int(p.integer("the TOS octet", 0, 255))
	case p.take("dscp"):
		info.DSCP = p.dscp()
	case p.take("ttl"), p.take("hlim"):
		info.TTL = int(p.integer("the TTL", 0, 255))
	case p.take("flowlabel"):
		info.FlowLabel = int(p.integer("the flow label", 0, 1<<20-1))
	default:
		p.expected("noecn, ect0, ect1, ect01, ce, tos, class, dscp, ecn, ttl, hlim or flowlabel")
	}
}

// tcp takes a TCP segment.
func (p *parser) tcp(dir Direction) *TCP {
	t := &TCP{ACE: -1, Win: -1}
	if p.tok.kind == tokInt {
		t.Ports = p.ports()
	}
	p.flags(t)
	p.sequence(t)
	if p.take("ack") {
		t.Ack, t.HasAck = p.number("the acknowledgment number"), true
	}
	if p.take("win") {
		t.Win = int(p.integer("the window", 0, math.MaxUint16))
	}
	if p.take("urg") {
		t.Urg = uint16(p.integer("the urgent pointer", 0, math.MaxUint16))
	}
	if p.is("<") {
		p.options(t, dir)
	}
	if p.is("/") {
		p.udpEncap(t)
	}
	if p.is("{") {
		p.expected("the next event: mutations of packets ({ }) are not supported")
	}
	return t
}

// number takes a 32-bit number.
func (p *parser) number(what string) uint32 {
	return uint32(p.integer(what, 0, math.MaxUint32))
}

// ports takes "src > dst".
func (p *parser) ports() (ports Ports) {
	ports.Src = uint16(p.integer("the source port", 0, math.MaxUint16))
	p.need(">")
	ports.Dst = uint16(p.integer("the destination port", 0, math.MaxUint16))
	return ports
}

// udpEncap takes "/udp(a > b)".
func (p *parser) udpEncap(t *TCP) {
	p.need("/")
	p.need("udp")
	p.need("(")
	ports := p.ports()
	p.need(")")
	t.UDPEncap = &ports
}

// flags takes letters, a dot for ACK, and perhaps an ACE digit behind it; or a
// dash for none.
func (p *parser) flags(t *TCP) {
	if p.take("-") {
		return
	}
	some := false
	if p.tok.kind == tokWord {
		for i, c := range []byte(p.tok.text) {
			f := flagOf(c)
			if f == 0 {
				at := p.tok.Pos
				at.Col += i
				p.wrong(at, "expected flags (F S R P U E W A, then a dot for ACK), found %q", p.tok.text)
				return
			}
			t.Flags |= f
		}
		some = true
		p.advance()
	}
	switch {
	case p.take("."):
		t.Flags |= ACK
	case p.tok.kind == tokFloat && p.tok.text[0] == '.':
		digits := p.tok.text[1:]
		if len(digits) != 1 || digits > "7" {
			p.wrong(p.tok.Pos, "the ACE count is %s: it must be 0 to 7", digits)
			return
		}
		t.Flags |= ACK
		t.ACE = int(digits[0] - '0')
		p.advance()
	case !some:
		p.expected("the flags of a segment (such as S, S., F., P., . or -)")
	}
}

func flagOf(letter byte) Flags {
	for _, l := range flagLetters {
		if l.letter == letter {
			return l.flag
		}
	}
	return 0
}

// sequence takes "start:end(len)", with "!" behind if the number is literal,
// or "...(len)" for any number.
func (p *parser) sequence(t *TCP) {
	if p.tok.kind == tokDots {
		p.advance()
		t.AnySeq = true
		t.Len = p.length()
		return
	}
	at := p.tok.Pos
	t.Seq = p.number("the first sequence number")
	p.need(":")
	end := p.number("the sequence number after the last")
	t.Len = p.length()
	if p.err == nil && end != t.Seq+uint32(t.Len) {
		p.wrong(at, "%d bytes from %d on end at %d, not at %d", t.Len, t.Seq, t.Seq+uint32(t.Len), end)
	}
	t.LiteralSeq = p.take("!")
}

// length takes "(len)".
func (p *parser) length() int {
	p.need("(")
	n := int(p.integer("the bytes of payload", 0, math.MaxUint16))
	p.need(")")
	return n
}
