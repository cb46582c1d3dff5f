package stack

import (
	"net/netip"
	"syscall"

	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/wire"
)

// What ICMP errors mean to the user of the connection that they quote.
var (
	errNetUnreachable  = &sysError{"network is unreachable", syscall.ENETUNREACH}
	errHostUnreachable = &sysError{"host is unreachable", syscall.EHOSTUNREACH}
	errPortUnreachable = &sysError{"connection refused: port unreachable", syscall.ECONNREFUSED}
	errNoProtocol      = &sysError{"the host does not speak TCP", syscall.ENOPROTOOPT}
	errProhibited      = &sysError{"forbidden on the way: administratively prohibited", syscall.EACCES}
	errParameter       = &sysError{"the host or a router cannot read our packets", syscall.EPROTO}
)

// A verdict is what an ICMP error says, and whether it ends a connection that
// is being opened (§3.9.2.2: hard errors) or is only remembered (soft ones).
type verdict struct {
	err  *sysError
	hard bool
}

// unreach4 is the codes of an ICMP Destination Unreachable that are not
// "host unreachable".
var unreach4 = map[uint8]verdict{
	wire.Unreach4Net:           {errNetUnreachable, false},
	wire.Unreach4Protocol:      {errNoProtocol, true},
	wire.Unreach4Port:          {errPortUnreachable, true},
	wire.Unreach4NetUnknown:    {errNetUnreachable, false},
	wire.Unreach4NetProhibited: {errNetUnreachable, false},
}

// unreach6 is the same for ICMPv6. Which codes are hard is in RFC 5461 §2.1.
var unreach6 = map[uint8]verdict{
	wire.Unreach6NoRoute:    {errNetUnreachable, false},
	wire.Unreach6Prohibited: {errProhibited, true},
	wire.Unreach6Port:       {errPortUnreachable, true},
}

// judge is what an ICMP error says of the connection to remote. Time Exceeded
// and Parameter Problem are soft whatever their code; so is every Unreachable
// that is not listed (MUST-56).
func judge(remote netip.Addr, m *wire.ICMP) verdict {
	codes := unreach4
	if remote.Is6() {
		codes = unreach6
	}
	if v, ok := codes[m.Code]; ok && m.Kind == wire.Unreachable {
		return v
	}
	if m.Kind == wire.ParameterProblem {
		return verdict{err: errParameter}
	}
	return verdict{err: errHostUnreachable}
}

// inputICMP takes an ICMP or ICMPv6 message. Neighbour discovery is not for
// us: a link that carries IP packets has no neighbours to discover.
func (s *Core) inputICMP(now clock.Time, p *wire.Packet) {
	var m wire.ICMP
	if why := wire.ParseICMP(p, &m); why != wire.OK {
		s.stats.WireDrops[why]++
		return
	}
	switch m.Kind {
	case wire.EchoRequest:
		s.replyEcho(p, &m)
	case wire.Unreachable, wire.TimeExceeded, wire.ParameterProblem, wire.PacketTooBig:
		s.inputICMPError(now, &m)
	case wire.ICMPOther, wire.EchoReply, wire.SourceQuench: // source quench: MUST-55
		s.stats.Drops[ICMPIgnored]++
	}
}

// inputICMPError takes an error to the connection that it quotes (MUST-54), if
// it quotes something that is in flight: others may be forged (RFC 5927 §4.1).
func (s *Core) inputICMPError(now clock.Time, m *wire.ICMP) {
	q := &m.Quote
	c := s.conns[tupleOf(netip.AddrPortFrom(q.Src, q.SrcPort), netip.AddrPortFrom(q.Dst, q.DstPort))]
	switch {
	case q.Proto != wire.ProtoTCP || c == nil:
		s.stats.Drops[ICMPUnmatched]++
		return
	case !c.tcp.InFlight(q.Seq):
		s.stats.Drops[ICMPOutOfWindow]++
		return
	}
	s.stats.ICMPErrors++
	if m.Kind == wire.PacketTooBig {
		s.trace.icmp(now, c, m.Kind.String(), m.MTU)
		c.tooBig(now, m)
		return
	}
	v := judge(q.Dst, m)
	s.trace.icmp(now, c, v.err.Error(), 0)
	if !v.hard {
		c.settle(now, c.tcp.SoftError(v.err))
		return
	}
	r := c.tcp.HardError(now, v.err)
	s.trace.changed(now, c, r)
	c.settle(now, r)
}

// tooBig makes c's packets as small as a router says, within reason.
func (c *Conn) tooBig(now clock.Time, m *wire.ICMP) {
	s := c.core
	mtu, ok := believable(c.remote.Addr(), m.MTU, m.Quote.Len)
	if !ok || mtu >= s.cfg.MTU {
		s.stats.Drops[ICMPIgnored]++
		return
	}
	s.stats.PathMTUs++
	s.paths.learn(now, c.remote.Addr(), mtu)
	s.pathNews++
	c.pathNews = s.pathNews
	c.tcp.PathMTU(now, mtu)
	c.arm()
}

// replyEcho makes the reply to an echo request owed (RFC 1122 §3.2.2.6, RFC
// 4443 §4.2).
func (s *Core) replyEcho(p *wire.Packet, m *wire.ICMP) {
	if len(m.Data)+maxICMPHeaders > s.cfg.MTU {
		s.stats.Drops[ICMPIgnored]++ // larger than the link; it would have to be fragmented
		return
	}
	r := s.replies.push()
	if r == nil {
		s.stats.Drops[ReplyQueueFull]++
		return
	}
	s.stats.EchoReplies++
	r.local, r.remote = netip.AddrPortFrom(p.Dst, 0), netip.AddrPortFrom(p.Src, 0)
	r.icmp = wire.ICMP{Kind: wire.EchoReply, ID: m.ID, Seq: m.Seq, Data: append(r.icmp.Data, m.Data...)}
}

// maxICMPHeaders is the bytes of an echo message that are not data, in IPv6.
const maxICMPHeaders = 40 + 8
