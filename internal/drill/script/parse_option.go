package script

import (
	"encoding/hex"
	"math"
	"strconv"
)

// options takes "<...>" or a list of options.
func (p *parser) options(t *TCP, dir Direction) {
	p.need("<")
	if p.tok.kind == tokDots {
		if dir == Inbound {
			p.expected("options: <...> is for expected packets")
			return
		}
		p.advance()
		p.need(">")
		t.AnyOpts = true
		return
	}
	at := p.tok.Pos
	for {
		t.Opts = append(t.Opts, p.tcpOption(dir))
		if p.err != nil || !p.take(",") {
			break
		}
	}
	p.need(">")
	if n := optionsLen(t.Opts); p.err == nil && n > 40 {
		p.wrong(at, "these options take %d bytes: there is room for 40", n)
	}
}

// tcpOption takes one option.
func (p *parser) tcpOption(dir Direction) (o TCPOption) {
	switch {
	case p.take("eol"):
		o.Kind = OptEOL
	case p.take("nop"):
		o.Kind = OptNOP
	case p.take("mss"):
		o = TCPOption{Kind: OptMSS, N: uint32(p.integer("the MSS", 0, math.MaxUint16))}
	case p.take("wscale"):
		o = TCPOption{Kind: OptWScale, N: uint32(p.integer("the shift count", 0, 255))}
	case p.take("sackOK"):
		o.Kind = OptSACKOK
	case p.take("sack"):
		o = TCPOption{Kind: OptSACK, Blocks: p.blocks()}
	case p.take("TS"):
		o = p.timestamp(dir)
	case p.take("md5"):
		o = p.md5()
	case p.take("FO"):
		o = TCPOption{Kind: OptFO, Data: p.blob()}
	case p.take("FOEXP"):
		o = TCPOption{Kind: OptFOExp, Data: p.blob()}
	case p.take("ECN"):
		o = p.accECN()
	default:
		p.expected("a TCP option (mss, wscale, sackOK, sack, TS, nop, eol, md5, FO, FOEXP or ECN)")
	}
	return o
}

// md5 takes the digest (RFC 2385), or whether it is to be the right one.
func (p *parser) md5() TCPOption {
	o := TCPOption{Kind: OptMD5}
	if p.is("valid") || p.is("invalid") {
		o.Digest = p.tok.text
		p.advance()
		return o
	}
	o.Data = p.blob()
	return o
}

// timestamp takes "val N ecr N", or "val ..." for any value that is expected.
func (p *parser) timestamp(dir Direction) TCPOption {
	o := TCPOption{Kind: OptTS}
	p.need("val")
	if p.tok.kind == tokDots && dir == Outbound {
		o.AnyVal = true
		p.advance()
	} else {
		o.Val = p.number("the timestamp")
	}
	p.need("ecr")
	o.Ecr = p.number("the timestamp echo")
	o.LiteralEcr = p.take("!")
	return o
}

// blocks takes "a:b c:d ...".
func (p *parser) blocks() (blocks []SACKBlock) {
	for {
		var b SACKBlock
		b.Left = p.number("the left edge of a SACK block")
		p.need(":")
		b.Right = p.number("its right edge")
		blocks = append(blocks, b)
		if p.tok.kind != tokInt || p.err != nil {
			return blocks
		}
	}
}

// blob takes hexadecimal digits, perhaps none.
func (p *parser) blob() []byte {
	if p.tok.kind != tokWord && p.tok.kind != tokInt {
		return nil
	}
	b, err := hex.DecodeString(p.tok.text)
	if err != nil || len(b) > 38 {
		p.expected("an even number of hexadecimal digits, at most 76")
		return nil
	}
	p.advance()
	return b
}

// accECN takes the counters of an AccECN option, in one of its two orders.
func (p *parser) accECN() TCPOption {
	o := TCPOption{Kind: OptECN0}
	order := []string{"e0b", "ceb", "e1b"}
	if p.is("e1b") {
		o.Kind = OptECN1
		order = []string{"e1b", "ceb", "e0b"}
	}
	for _, name := range order {
		if !p.take(name) {
			break
		}
		o.Counters = append(o.Counters, uint32(p.integer("the counter "+name, 0, 1<<24-1)))
	}
	return o
}

// optionsLen is the bytes that options take on the wire, with padding.
func optionsLen(opts []TCPOption) (n int) {
	for i := range opts {
		n += opts[i].WireLen()
	}
	return (n + 3) &^ 3
}

// WireLen is the bytes that the option takes on the wire.
func (o *TCPOption) WireLen() int {
	switch o.Kind {
	case OptEOL, OptNOP:
		return 1
	case OptMSS:
		return 4
	case OptWScale:
		return 3
	case OptSACKOK:
		return 2
	case OptSACK:
		return 2 + 8*len(o.Blocks)
	case OptTS:
		return 10
	case OptFOExp:
		return 4 + len(o.Data)
	case OptECN0, OptECN1:
		return 2 + 3*len(o.Counters)
	case OptMD5, OptFO, OptOther:
		if o.Digest != "" {
			return 2 + 16 // RFC 2385 §3.0
		}
		return 2 + len(o.Data)
	}
	panic("BUG: no such option: " + strconv.Itoa(int(o.Kind)))
}
