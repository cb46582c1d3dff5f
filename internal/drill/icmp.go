package drill

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/lastack/lastack/internal/drill/script"
	"github.com/lastack/lastack/internal/wire"
)

// The types of ICMP and ICMPv6 messages, by packetdrill's names.
var (
	icmp4Types = map[string]byte{
		"echo_reply": 0, "unreachable": 3, "source_quench": 4, "redirect": 5, "echo_request": 8, "time_exceeded": 11,
		"parameter_problem": 12, "timestamp_request": 13, "timestamp_reply": 14, "information_request": 15,
		"information_reply": 16, "address_mask_request": 17, "address_mask_reply": 18,
	}
	icmp6Types = map[string]byte{
		"unreachable": 1, "packet_too_big": 2, "time_exceeded": 3, "parameter_problem": 4, "echo_request": 128, "echo_reply": 129,
	}
)

// The codes of those that have names.
var (
	icmp4Codes = map[string]map[string]byte{
		"unreachable": {
			"net_unreachable": 0, "host_unreachable": 1, "protocol_unreachable": 2, "port_unreachable": 3, "frag_needed": 4,
			"source_route_failed": 5, "net_unknown": 6, "host_unknown": 7, "source_host_isolated": 8, "net_prohibited": 9,
			"host_prohibited": 10, "net_unreachable_for_tos": 11, "host_unreachable_for_tos": 12, "packet_filtered": 13,
			"precedence_violation": 14, "precedence_cutoff": 15,
		},
		"time_exceeded": {"ttl_exceeded_in_transit": 0, "frag_reass_exceeded": 1, "ttl_exceeded": 0, "frag_time_exceeded": 1},
		"redirect":      {"net": 0, "host": 1},
	}
	icmp6Codes = map[string]map[string]byte{
		"unreachable": {
			"no_route": 0, "net_unreachable": 0, "admin_prohibited": 1, "beyond_scope": 2, "address_unreachable": 3, "port_unreachable": 4,
			"policy_failed": 5, "reject_route": 6, "not_neighbour": 2, "not_neighbor": 2, "addr_unreachable": 3, "policy_fail": 5,
		},
		"time_exceeded": {
			"exceeded_hop_limit": 0, "exceeded_frag_time": 1, "exceed_hoplimit": 0, "exceed_fragtime": 1,
			"hop_limit_exceeded": 0, "frag_reass_exceeded": 1,
		},
		"parameter_problem": {"header_field": 0, "unknown_next_header": 1, "unknown_option": 2, "unk_nexthdr": 1, "unk_option": 2},
	}
)

// icmpCode is the type and code of a message.
func icmpCode(m *script.ICMP, ipv6 bool) (typ, code byte, err error) {
	types, codes := icmp4Types, icmp4Codes
	if ipv6 {
		types, codes = icmp6Types, icmp6Codes
	}
	typ, ok := types[m.Type]
	if n, is := numbered(m.Type, "type_"); is {
		typ, ok = n, true
	}
	if !ok {
		return 0, 0, fmt.Errorf("there is no ICMP message %q in this version of IP", m.Type)
	}
	if m.Code == "" {
		return typ, 0, nil
	}
	code, ok = codes[m.Type][m.Code]
	if n, is := numbered(m.Code, "code_"); is {
		code, ok = n, true
	}
	if !ok {
		return 0, 0, fmt.Errorf("there is no code %q of %s in this version of IP", m.Code, m.Type)
	}
	return typ, code, nil
}

// numbered is N of a name such as "code_N".
func numbered(name, prefix string) (byte, bool) {
	digits, ok := strings.CutPrefix(name, prefix)
	n, err := strconv.ParseUint(digits, 10, 8)
	return byte(n), ok && err == nil
}

// putICMP is the packet of a message from a router to the TCP under test, about
// a segment of the flow.
func putICMP(f *flow, from, to netip.Addr, info script.IPInfo, m *script.ICMP) ([]byte, error) {
	typ, code, err := icmpCode(m, to.Is6())
	if err != nil {
		return nil, err
	}
	if tooBig := to.Is6() && typ == 2 || !to.Is6() && typ == 3 && code == 4; m.MTU >= 0 && (!tooBig || !to.Is6() && m.MTU > 65535) {
		return nil, fmt.Errorf("this ICMP message has no room for the MTU %d", m.MTU)
	}
	if m.QuoteOther != "" || m.EchoID >= 0 {
		return nil, need("ICMP about other than TCP")
	}
	msg := append([]byte{typ, code, 0, 0, 0, 0, 0, 0}, quoted(f, m)...)
	if m.MTU >= 0 && to.Is6() {
		binary.BigEndian.PutUint32(msg[4:], uint32(m.MTU))
	} else if m.MTU >= 0 {
		binary.BigEndian.PutUint16(msg[6:], uint16(m.MTU))
	}
	p := wire.Packet{Src: from, Dst: to, Proto: wire.ProtoICMP}
	sum := wire.Sum{}.Add(msg)
	if to.Is6() {
		p.Proto = wire.ProtoICMPv6
		sum = wire.PseudoSum(from, to, wire.ProtoICMPv6, len(msg)).Add(msg)
	}
	binary.BigEndian.PutUint16(msg[2:], sum.Checksum())
	setIP(&p, info)
	off := p.HeaderLen()
	pkt := append(make([]byte, off), msg...)
	wire.PutIP(pkt, &p, len(msg))
	return pkt, nil
}

// quoted is the head of the segment that a message is about: the IP header
// and the TCP header.
func quoted(f *flow, m *script.ICMP) []byte {
	p := wire.Packet{Src: f.local.Addr(), Dst: f.remote.Addr(), Proto: wire.ProtoTCP, DF: true}
	off := p.HeaderLen()
	b := make([]byte, off+20)
	wire.PutIP(b, &p, 20+m.QuoteLen)
	h := b[off:]
	binary.BigEndian.PutUint16(h[0:], f.local.Port())
	binary.BigEndian.PutUint16(h[2:], f.remote.Port())
	binary.BigEndian.PutUint32(h[4:], m.QuoteSeq+f.liveISN)
	h[12] = 5 << 4
	return b
}
