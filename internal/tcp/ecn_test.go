package tcp

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lastack/lastack/congestion"
	"github.com/lastack/lastack/internal/wire"
)

// newReno is a congestion control with round figures: it halves.
func newReno() congestion.Controller { return new(congestion.Reno) }

// ecnConfig is a configuration with an ECN mode and little else.
func ecnConfig(m ECNMode) Config {
	return Config{NoTimestamps: true, NoWindowScale: true, NoDelay: true, ECN: m, Congestion: newReno}
}

// RFC 3168 §6.1.1, RFC 9768 table 2: what a server makes of the flags of a SYN,
// in each mode, and which SYN,ACK it sends.
func TestServerNegotiatesECN(t *testing.T) {
	for _, row := range []struct {
		mode      ECNMode
		field     string // of the SYN
		syn       string
		reply     string
		agreed    ECNFeedback
		describes string
	}{
		{ECNOff, "noecn", "SEW", "S.", NoECN, "off agrees to nothing"},
		{ECNOff, "noecn", "SEWA", "S.", NoECN, "off agrees to nothing"},
		{ECNWhenAsked, "noecn", "S", "S.", NoECN, "not asked"},
		{ECNWhenAsked, "noecn", "SEW", "SE.", ClassicECN, "asked"},
		{ECNWhenAsked, "noecn", "SE", "S.", NoECN, "half a request is none"},
		{ECNWhenAsked, "noecn", "SEWA", "SE.", ClassicECN, "to RFC 3168 the third flag says nothing"},
		{ECNClassic, "noecn", "SEW", "SE.", ClassicECN, "asked"},
		{ECNAccurate, "noecn", "S", "S.", NoECN, "not asked"},
		{ECNAccurate, "noecn", "SEW", "SE.", ClassicECN, "a peer with RFC 3168 only"},
		{ECNAccurate, "noecn", "SEWA", "SW.", AccurateECN, "the field of the SYN is told"},
		{ECNAccurate, "ect1", "SEWA", "SEW.", AccurateECN, "the field of the SYN is told"},
		{ECNAccurate, "ect0", "SEWA", "SA.", AccurateECN, "the field of the SYN is told"},
		{ECNAccurate, "ce", "SEWA", "SWA.", AccurateECN, "the field of the SYN is told"},
		{ECNAccurate, "noecn", "SWA", "SW.", AccurateECN, "what nobody sends yet is taken as a request"},
	} {
		e := exchange(t, fmt.Sprintf(`
			passive
			< [%s] %s 0:0(0) <mss 1000>
			> %s 0:0(0) ack 1
		`, row.field, row.syn, row.reply), ecnConfig(row.mode))
		if got := e.c.ECN(); got != row.agreed {
			t.Errorf("mode %d, SYN %s (%s): agreed on %v, want %v", row.mode, row.syn, row.describes, got, row.agreed)
		}
	}
}

// RFC 3168 §6.1.1, RFC 9768 table 2: what a client makes of the flags of a SYN,ACK.
// The pure ACK after it tells, with accurate feedback, the field that it came with.
func TestClientNegotiatesECN(t *testing.T) {
	for _, row := range []struct {
		mode   ECNMode
		syn    string
		field  string // of the SYN,ACK
		reply  string
		ack    string
		agreed ECNFeedback
	}{
		{ECNWhenAsked, "S", "noecn", "SE.", ".", NoECN}, // not asked for
		{ECNClassic, "SEW", "noecn", "SE.", ".", ClassicECN},
		{ECNClassic, "SEW", "noecn", "S.", ".", NoECN},
		{ECNClassic, "SEW", "noecn", "SEW.", ".", NoECN}, // a reflection
		{ECNAccurate, "SEWA", "noecn", "S.", ".", NoECN},
		{ECNAccurate, "SEWA", "noecn", "SE.", ".", ClassicECN},
		{ECNAccurate, "SEWA", "noecn", "SEWA.", ".", NoECN}, // a reflection
		{ECNAccurate, "SEWA", "noecn", "SW.", "W.", AccurateECN},
		{ECNAccurate, "SEWA", "ect1", "SW.", "EW.", AccurateECN},
		{ECNAccurate, "SEWA", "ect0", "SW.", "A.", AccurateECN},
		{ECNAccurate, "SEWA", "ce", "SW.", "WA.", AccurateECN},
		{ECNAccurate, "SEWA", "noecn", "SEA.", "W.", AccurateECN}, // reserved
	} {
		e := exchange(t, fmt.Sprintf(`
			connect
			> %s 0:0(0)
			< [%s] %s 0:0(0) ack 1
			> %s 1:1(0) ack 1
		`, row.syn, row.field, row.reply, row.ack), ecnConfig(row.mode))
		if got := e.c.ECN(); got != row.agreed {
			t.Errorf("mode %d, SYN,ACK %s: agreed on %v, want %v", row.mode, row.reply, got, row.agreed)
		}
	}
}

// RFC 3168 §6.1.1.1, RFC 9768 §3.1.4.1: a SYN that gets no answer is sent again
// without the flags, in case that they are why.
func TestECNFallsBackWhenSYNIsLost(t *testing.T) {
	exchange(t, `
		connect
		> SEW 0:0(0)
		wait 1s
		> S 0:0(0)
	`, ecnConfig(ECNClassic))
	exchange(t, `
		connect
		> SEWA 0:0(0)
		wait 1s
		> SEWA 0:0(0)
		wait 2s
		> S 0:0(0)
		< SW. 0:0(0) ack 1           # in answer to the first, late
		> W. 1:1(0) ack 1
	`, ecnConfig(ECNAccurate))
	// The server's fall-back: then it sends nothing as ECN-capable.
	exchange(t, `
		passive
		< SEWA 0:0(0) <mss 1000>
		> SW. 0:0(0) ack 1
		wait 1s
		> SW. 0:0(0) ack 1
		wait 2s
		> S. 0:0(0) ack 1
		< W. 1:1(0) ack 1
		write 10
		> PEA. 1:11(10) ack 1
	`, ecnConfig(ECNAccurate))
}

// A host that has sent a SYN without the flags as well sends nothing as
// ECN-capable, though the peer may (RFC 3168 §6.1.1).
func TestNoECTAfterPlainSYN(t *testing.T) {
	exchange(t, `
		connect
		> SEW 0:0(0)
		wait 1s
		> S 0:0(0)
		< SE. 0:0(0) ack 1
		> . 1:1(0) ack 1
		write 10
		> P. 1:11(10) ack 1
		< [ce] P. 1:6(5) ack 11
		wait 40ms
		> E. 11:11(0) ack 6
	`, ecnConfig(ECNClassic))
}

// classic is how the scripts of RFC 3168 begin.
const classic = `
	passive
	< SEW 0:0(0) win 65535 <mss 1000>
	> SE. 0:0(0) ack 1
	< . 1:1(0) ack 1
`

// RFC 3168 §6.1.3: ECE is in every ACK from a marked segment on, until CWR comes.
// A mark on the segment that brings CWR starts it again.
func TestECEUntilCWR(t *testing.T) {
	exchange(t, classic+`
		< [ce] P. 1:1001(1000) ack 1
		< [ect0] P. 1001:2001(1000) ack 1
		> E. 1:1(0) ack 2001
		write 10
		> [ect0] PE. 1:11(10) ack 2001
		< [ect0] PW. 2001:3001(1000) ack 11
		< [ect0] P. 3001:4001(1000) ack 11
		> . 11:11(0) ack 4001
		< [ce] PW. 4001:5001(1000) ack 11
		< [ect0] P. 5001:6001(1000) ack 11
		> E. 11:11(0) ack 6001
	`, ecnConfig(ECNWhenAsked))
}

// RFC 3168 §6.1.2: ECE halves the window once for each window of data, and the
// next new text says CWR, once.
func TestECEReducesOnce(t *testing.T) {
	e := exchange(t, classic+`
		write 2000
		> [ect0] . 1:1001(1000) ack 1
		> [ect0] P. 1001:2001(1000) ack 1
		< E. 1:1(0) ack 1001
	`, ecnConfig(ECNWhenAsked))
	reduced := e.c.cc.Threshold()
	if reduced != 2000 || e.c.cc.Window() != 1000 { // at least two segments, and one
		t.Errorf("ssthresh is %d, the window %d, with 2000 bytes in flight", reduced, e.c.cc.Window())
	}
	for line := range strings.Lines(`
		< E. 1:1(0) ack 2001
		write 10
		> [ect0] PW. 2001:2011(10) ack 1
		write 10
		> [ect0] P. 2011:2021(10) ack 1
		`) {
		if line = strings.TrimSpace(line); line != "" {
			e.play(line)
		}
	}
	if got := e.c.cc.Threshold(); got != reduced {
		t.Errorf("ssthresh was %d, is %d: reduced twice for one window", reduced, got)
	}
	e.play("< E. 1:1(0) ack 2021")
	e.play("write 10")
	e.play("> [ect0] PW. 2021:2031(10) ack 1")
}

// RFC 3168 §6.1.4, §6.1.5: pure ACKs, retransmissions and the FIN go as Not-ECT.
// The reduction after a loss is told by CWR on new text, not on what goes again.
func TestOnlyNewTextIsECT(t *testing.T) {
	exchange(t, classic+`
		write 10
		> [ect0] P. 1:11(10) ack 1
		wait 200ms
		> P. 1:11(10) ack 1
		< . 1:1(0) ack 11
		write 10
		> [ect0] PW. 11:21(10) ack 1
		< P. 1:6(5) ack 21
		wait 40ms
		> . 21:21(0) ack 6
		close
		> F. 21:21(0) ack 6
	`, ecnConfig(ECNWhenAsked))
}

// RFC 3168 §6.1.6: a window probe is not ECN-capable.
func TestProbeIsNotECT(t *testing.T) {
	exchange(t, classic+`
		< . 1:1(0) ack 1 win 0
		write 10
		wait 200ms
		> . 1:2(1) ack 1
	`, ecnConfig(ECNWhenAsked))
}

// accurate is how the scripts of RFC 9768 begin, from the server's side.
const accurate = `
	passive
	< SEWA 0:0(0) win 65535 <mss 1000>
	> SW. 0:0(0) ack 1
	< W. 1:1(0) ack 1
`

// RFC 9768 §3.2: the ACE field counts marked packets from 5 on. The first mark is
// told at once, and then every second (RFC 9768 §3.2.2.5.1).
func TestACECounts(t *testing.T) {
	exchange(t, accurate+`
		write 10
		> [ect0] PEA. 1:11(10) ack 1     # 5
		< [ce] PEA. 1:101(100) ack 11
		> WA. 11:11(0) ack 101          # 6: marks begin
		< [ce] PEA. 101:201(100) ack 11
		< [ce] PEA. 201:301(100) ack 11
		> . 11:11(0) ack 301            # 8: two more
		< [ect0] PEA. 301:401(100) ack 11
		< [ce] PEA. 401:501(100) ack 11
		> E. 11:11(0) ack 501           # 9: marks begin again
	`, ecnConfig(ECNAccurate))
}

// Marks on packets without text are counted too, and the third is told though
// there is no text to acknowledge (RFC 9768 §3.2.2.5.1).
func TestMarkedACKsAreTold(t *testing.T) {
	exchange(t, accurate+`
		< [ce] EA. 1:1(0) ack 1
		< [ce] EA. 1:1(0) ack 1
		> -
		< [ce] EA. 1:1(0) ack 1
		> . 1:1(0) ack 1                # 8
	`, ecnConfig(ECNAccurate))
}

// RFC 9768 §3.2.2.2: what the ACE field grows by is marks, which reduce the
// window once for each window of data. CWR is never said: the bit is the count's.
func TestACEReducesOnce(t *testing.T) {
	e := exchange(t, accurate+`
		write 3000
		> [ect0] EA. 1:1001(1000) ack 1
		> [ect0] EA. 1001:2001(1000) ack 1
		> [ect0] PEA. 2001:3001(1000) ack 1
		< WA. 1:1(0) ack 1001
	`, ecnConfig(ECNAccurate))
	reduced := e.c.cc.Threshold()
	if reduced > 3000 || e.c.ecn.newCE != 1000 {
		t.Errorf("ssthresh is %d, %d bytes are held marked", reduced, e.c.ecn.newCE)
	}
	e.play("< . 1:1(0) ack 3001")
	if e.c.cc.Threshold() != reduced || e.c.ecn.newCE != 2000 {
		t.Errorf("ssthresh was %d, is %d; %d bytes are held marked", reduced, e.c.cc.Threshold(), e.c.ecn.newCE)
	}
	e.play("write 10")
	e.play("> [ect0] PEA. 3001:3011(10) ack 1")
}

// RFC 9768 §3.2.2.2: what an older segment tells has been superseded.
func TestOlderACEIsIgnored(t *testing.T) {
	e := exchange(t, accurate+`
		< EA. 1:11(10) ack 1
		< EA. 11:21(10) ack 1
		wait 40ms
		> EA. 1:1(0) ack 21
		< W. 1:11(10) ack 1
		> EA. 1:1(0) ack 21
	`, ecnConfig(ECNAccurate))
	if e.c.ecn.told != firstCount {
		t.Errorf("the count is %d", e.c.ecn.told)
	}
}

// RFC 9768 §3.2.2.5.2: when an ACK is for so many packets that the count may have
// come round, the most marks that fit are assumed; a count that has not moved is
// taken by its word.
func TestACEMayHaveComeRound(t *testing.T) {
	for _, row := range []struct{ ace, packets, want int }{
		{5, 1, 0}, {6, 1, 1}, {4, 1, 7}, {6, 7, 1}, {6, 8, 1}, {6, 9, 9}, {6, 10, 9}, {6, 17, 17}, {5, 20, 0},
	} {
		e := ecn{feedback: AccurateECN, told: firstCount}
		if got := e.count(aceFlags(uint8(row.ace)), row.packets); got != row.want {
			t.Errorf("ACE %d for %d packets: %d marks, want %d", row.ace, row.packets, got, row.want)
		}
		if int(e.told) != row.ace {
			t.Errorf("ACE %d: the next difference is from %d", row.ace, e.told)
		}
	}
}

// RFC 9768 §3.2.2.1, table 4, and RFC 9768 §3.2.2.3: the ACK of the SYN,ACK tells what field
// that came with. Zero means that the peer, or the path, does without.
func TestACKOfSYNACKDecides(t *testing.T) {
	for _, row := range []struct {
		ack  string
		mute bool // nothing goes as ECN-capable
		deaf bool
	}{
		{"W.", false, false},
		{"E.", false, false},
		{"EA.", false, false},
		{"EWA.", false, false},
		{".", true, true},
		{"A.", true, false},
		{"EW.", true, false},
		{"WA.", true, false},
	} {
		e := exchange(t, fmt.Sprintf(`
			passive
			< SEWA 0:0(0) <mss 1000>
			> SW. 0:0(0) ack 1
			< %s 1:1(0) ack 1
		`, row.ack), ecnConfig(ECNAccurate))
		if e.c.ecn.mute != row.mute || e.c.ecn.deaf != row.deaf || e.c.ECN() != AccurateECN {
			t.Errorf("ACE %s: %+v", row.ack, e.c.ecn)
		}
	}
}

// RFC 9768 §3.2.2.3: a SYN that left as Not-ECT and is said to have come as another
// shows that the path rewrites the field: nothing goes as ECN-capable.
func TestRewrittenFieldSilencesClient(t *testing.T) {
	exchange(t, `
		connect
		> SEWA 0:0(0)
		< SA. 0:0(0) ack 1
		> W. 1:1(0) ack 1
		write 10
		> PEA. 1:11(10) ack 1
	`, ecnConfig(ECNAccurate))
}

// RFC 9768 §3.2.2.1: the field of the SYN,ACK is told by a pure ACK before text
// that waits, and again when the SYN,ACK comes again.
func TestHandshakeACKGoesFirst(t *testing.T) {
	exchange(t, `
		connect
		> SEWA 0:0(0)
		write 10
		< [ce] SW. 0:0(0) ack 1
		> WA. 1:1(0) ack 1
		> [ect0] PWA. 1:11(10) ack 1
		< [ect0] SW. 0:0(0) ack 1
		> A. 11:11(0) ack 1
		< EA. 1:1(0) ack 11
	`, ecnConfig(ECNAccurate))
}

// The ACE field and its flags are the same number.
func TestACEFlags(t *testing.T) {
	for n := range uint8(8) {
		if got := ace(aceFlags(n) | wire.ACK | wire.PSH); got != n {
			t.Errorf("%d comes back as %d", n, got)
		}
	}
}
