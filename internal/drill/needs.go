package drill

import (
	"slices"

	"github.com/lastack/lastack/internal/drill/script"
)

// Needs is what a script needs of TCP that the target does not have, as far as
// its text tells: options that are expected, encapsulation, calls. more is what
// its options ask for.
func Needs(s *script.Script, more []string, kernel bool) []string {
	missing := map[string]bool{}
	for _, what := range more {
		missing[what] = true
	}
	for i := range s.Events {
		e := &s.Events[i]
		switch {
		case e.Packet != nil:
			packetNeeds(e.Packet, kernel, missing)
		case e.Call != nil && otherCalls[e.Call.Name]:
			missing["the system call "+e.Call.Name] = true
		}
	}
	var list []string
	for what := range missing {
		list = append(list, what)
	}
	slices.Sort(list)
	return list
}

// packetNeeds notes what a packet needs.
func packetNeeds(p *script.Packet, kernel bool, missing map[string]bool) {
	switch {
	case len(p.Encap) > 0:
		missing["encapsulation"] = true
	case p.UDP != nil:
		missing["UDP"] = true
	case p.ICMP != nil && p.Dir == script.Outbound:
		missing["ICMP to be expected"] = true
	case p.TCP != nil && p.TCP.UDPEncap != nil:
		missing["TCP in UDP"] = true
	}
	if p.IP.FlowLabel >= 0 {
		missing["IPv6 flow labels"] = true
	}
	if p.TCP == nil {
		return
	}
	for _, o := range p.TCP.Opts {
		if o.Digest != "" {
			missing["digests to be computed (RFC 2385)"] = true
		}
		if kernel || p.Dir != script.Outbound {
			continue
		}
		switch o.Kind {
		case script.OptFOExp:
			missing["fast open's experimental option (RFC 6994)"] = true
		case script.OptECN0, script.OptECN1:
			missing["the AccECN option (RFC 9768)"] = true
		case script.OptMD5:
			missing["TCP MD5 (RFC 2385)"] = true
		case script.OptEOL, script.OptNOP, script.OptMSS, script.OptSACKOK, script.OptSACK, script.OptFO, script.OptWScale, script.OptTS, script.OptOther:
		}
	}
}
