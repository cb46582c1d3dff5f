package drill

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"github.com/lastack/lastack/internal/drill/script"
	"github.com/lastack/lastack/internal/wire"
)

// A mismatch is what differs between what was expected and what came.
type mismatch struct{ what, want, got string }

func differs(what string, want, got any) *mismatch {
	return &mismatch{what, fmt.Sprint(want), fmt.Sprint(got)}
}

// compareSegment compares a segment in the order of packetdrill; nil: it is as
// expected. Part is what a longer expected segment has of this one: its first
// segments need not have its FIN and PSH.
func compareSegment(cfg *config, info script.IPInfo, want *script.TCP, got *segment, last bool) *mismatch {
	if m := compareIP(cfg, info, &got.ip); m != nil {
		return m
	}
	wantOff := 5 + (len(putOptions(want.Opts)) / 4)
	if !want.AnyOpts && !cfg.freeBSD && got.dataOff != wantOff {
		return differs("options", bracket(want.Opts), bracket(got.Opts))
	}
	if m := compareFlags(want, got, last); m != nil {
		return m
	}
	switch {
	case got.reserved != 0:
		return differs("reserved bits", 0, got.reserved)
	case !want.AnySeq && got.Seq != want.Seq:
		return differs("sequence number", want.Seq, got.Seq)
	case got.Len != want.Len:
		return differs("payload length", want.Len, got.Len)
	case got.Ack != want.Ack:
		return differs("acknowledgment number", want.Ack, got.Ack)
	case want.Win >= 0 && got.Win != want.Win:
		return differs("window", want.Win, got.Win)
	case got.Urg != want.Urg:
		return differs("urgent pointer", want.Urg, got.Urg)
	case want.AnyOpts, cfg.freeBSD && sameInAnyOrder(want.Opts, got.Opts):
	case !sameOptions(want.Opts, got.Opts):
		return differs("options", bracket(want.Opts), bracket(got.Opts))
	}
	if !got.zero {
		return differs("payload", "zeros", "something else")
	}
	return nil
}

// compareIP compares what the script says about the IP header.
func compareIP(cfg *config, info script.IPInfo, ip *wire.Packet) *mismatch {
	ecn := ip.TOS & 3
	switch {
	case ip.Is4() == cfg.ipv6:
		return differs("IP version is 6", cfg.ipv6, !ip.Is4())
	case info.ECN == script.ECT01 && ecn != 1 && ecn != 2:
		return differs("ECN field", "1 or 2", ecn)
	case info.ECN != script.ECNUnchecked && info.ECN != script.ECT01 && ecn != ecnBits(info.ECN):
		return differs("ECN field", ecnBits(info.ECN), ecn)
	case info.TOS >= 0 && int(ip.TOS) != info.TOS:
		return differs("TOS", info.TOS, ip.TOS)
	case info.DSCP >= 0 && int(ip.TOS>>2) != info.DSCP:
		return differs("DSCP", info.DSCP, ip.TOS>>2)
	case info.TTL > 0 && int(ip.TTL) != info.TTL:
		return differs("TTL", info.TTL, ip.TTL)
	}
	return nil
}

// ecnBits is the field that a name stands for.
func ecnBits(e script.ECN) byte {
	switch e {
	case script.ECT1:
		return 1
	case script.ECT0:
		return 2
	case script.CE:
		return 3
	case script.ECNUnchecked, script.NoECN, script.ECT01:
	}
	return 0
}

// compareFlags compares the control bits one by one.
func compareFlags(want *script.TCP, got *segment, last bool) *mismatch {
	mask := script.FIN | script.SYN | script.RST | script.PSH | script.ACK | script.URG | script.ECE | script.CWR | script.AE
	if !last {
		mask &^= script.FIN | script.PSH | script.CWR
	}
	if want.ACE >= 0 {
		if n := aceOf(got.Flags); n != want.ACE {
			return differs("ACE count", want.ACE, n)
		}
		mask &^= script.ECE | script.CWR | script.AE
	}
	if want.Flags&mask != got.Flags&mask {
		return differs("flags", flagText(want.Flags&mask), flagText(got.Flags&mask))
	}
	return nil
}

func flagText(f script.Flags) string { return wire.Flags(f).String() }

// sameOptions compares options one by one, in order. Timestamps are compared
// elsewhere, for they are mapped.
func sameOptions(want, got []script.TCPOption) bool {
	got = trimPadding(want, got)
	return slices.EqualFunc(want, got, func(a, b script.TCPOption) bool {
		return a.Kind == b.Kind && a.N == b.N && slices.Equal(a.Blocks, b.Blocks) &&
			bytes.Equal(a.Data, b.Data) && slices.Equal(a.Counters, b.Counters)
	})
}

// trimPadding takes the EOLs away that only fill the last word of options that
// the script has written without them.
func trimPadding(want, got []script.TCPOption) []script.TCPOption {
	for len(got) > len(want) && got[len(got)-1].Kind == script.OptEOL {
		got = got[:len(got)-1]
	}
	return got
}

func bracket(opts []script.TCPOption) string { return "<" + script.FormatOptions(opts) + ">" }

// compareTime compares when a packet came with when it should have.
func compareTime(cfg *config, t script.Time, at, end, before, got time.Duration) *mismatch {
	if t.Kind == script.AnyTime {
		return nil
	}
	allowed := cfg.allowed(at - before)
	if got < at-allowed || got > end+allowed {
		want := seconds(at)
		if end != at {
			want += "~" + seconds(end)
		}
		return differs("time", fmt.Sprintf("%s, with a tolerance of %s", want, allowed), seconds(got))
	}
	return nil
}

// allowed is the tolerance for an event that comes a time after the one
// before.
func (c *config) allowed(gap time.Duration) time.Duration {
	return max(c.tolerance, time.Duration(float64(gap)*c.percent/100))
}

// seconds is a time as scripts have it.
func seconds(d time.Duration) string { return fmt.Sprintf("%.6f", d.Seconds()) }
