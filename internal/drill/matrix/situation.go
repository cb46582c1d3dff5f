package matrix

import (
	"fmt"
	"strings"

	"github.com/lastack/lastack/fsm"
)

// The numbers of the scripts.
const (
	iss     = 200_000 // ours; large, so that what is ancient is no negative number
	irs     = 100_000 // the peer's
	nextIRS = 500_000 // that of the peer's next connection
	wnd     = 65_535  // both windows, in octets, when they are first announced
	text    = 20      // octets that we have sent and that are not acknowledged
)

// A situation is where a connection stands before the segment comes: the
// numbers, and the script that leads there.
type situation struct {
	una, nxt uint32 // SND.UNA, SND.NXT
	rcv      uint32 // RCV.NXT
	end      uint32 // RCV.NXT+RCV.WND
	fd       int    // descriptor of the connection
	lines    []string
}

// add appends a line to the script.
func (s *situation) add(format string, args ...any) {
	s.lines = append(s.lines, fmt.Sprintf(format, args...))
}

// situationOf leads to a state. The segment comes a tenth of a second later.
//
// The round-trip time is 200 ms, so that no retransmission timer, of 600 ms
// then, fires before the script ends.
func situationOf(state fsm.State, active bool) *situation {
	s := &situation{una: iss, nxt: iss + 1, rcv: irs + 1, end: irs + 1 + wnd, fd: 3}
	switch {
	case state == fsm.Closed && active:
		s.refused()
	case state == fsm.Closed:
		s.listen()
		s.add("+0    close(3) = 0")
		s.know()
	case state == fsm.Listen:
		s.listen()
		s.know()
	case state == fsm.SynSent:
		s.connect()
	case state == fsm.SynReceived && active:
		s.connect()
		s.add("+.2   < S %d:%d(0) win %d <mss 1000>", irs, irs, wnd)
		s.add("+0    > S. %d:%d(0) ack %d win %d <mss 1285>", iss, iss, irs+1, wnd)
	case state == fsm.SynReceived:
		s.listen()
		s.synReceived()
	default:
		s.establish(active)
		s.goOn(state)
	}
	return s
}

func (s *situation) listen() {
	s.add("0     socket(..., SOCK_STREAM, IPPROTO_TCP) = 3")
	s.add("+0    setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0")
	s.add("+0    bind(3, ..., ...) = 0")
	s.add("+0    listen(3, 1) = 0")
}

// know lets the script have a connection to speak of, though there is none: the
// first segment of its peer is a reset, which nobody answers.
func (s *situation) know() {
	s.add("+0    < R %d:%d(0) win 0", irs, irs)
	s.una, s.nxt = iss+1, iss+1+text // as good as any: no number means anything here
}

func (s *situation) synReceived() {
	s.add("+0    < S %d:%d(0) win %d <mss 1000>", irs, irs, wnd)
	s.add("+0    > S. %d:%d(0) ack %d win %d <mss 1285>", iss, iss, irs+1, wnd)
}

func (s *situation) connect() {
	s.add("0     socket(..., SOCK_STREAM, IPPROTO_TCP) = 3")
	s.add("+0    fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0")
	s.add("+0    connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)")
	s.add("+0    > S %d:%d(0) win %d <mss 1285>", iss, iss, wnd)
}

// refused is a connection that its peer has refused.
func (s *situation) refused() {
	s.connect()
	s.add("+.2   < R. %d:%d(0) ack %d win 0", irs, irs, iss+1)
	s.add("+0    close(3) = 0")
	s.una, s.nxt = iss+1, iss+1+text
}

// establish completes the handshake.
func (s *situation) establish(active bool) {
	if active {
		s.connect()
		s.add("+.2   < S. %d:%d(0) ack %d win %d <mss 1000>", irs, irs, iss+1, wnd)
		s.add("+0    > . %d:%d(0) ack %d win %d", iss+1, iss+1, irs+1, wnd)
	} else {
		s.listen()
		s.synReceived()
		s.add("+.2   < . %d:%d(0) ack %d win %d", irs+1, irs+1, iss+1, wnd)
		s.add("+0    accept(3, ..., ...) = 4")
		s.fd = 4
	}
	s.una = iss + 1
}

// goOn leads from ESTABLISHED to a synchronized state.
func (s *situation) goOn(state fsm.State) {
	switch state {
	case fsm.Established:
		s.write()
	case fsm.FinWait1:
		s.write()
		s.finish("shutdown(%d, SHUT_WR)")
	case fsm.FinWait2:
		s.finish("shutdown(%d, SHUT_WR)")
		s.add("+.1   < . %d:%d(0) ack %d win %d", s.rcv, s.rcv, s.nxt, wnd)
		s.una = s.nxt
	case fsm.CloseWait:
		s.peerFIN()
		s.write()
	case fsm.LastAck:
		s.peerFIN()
		s.write()
		s.finish("close(%d)")
	case fsm.Closing:
		s.write()
		s.finish("close(%d)")
		s.peerFIN()
	case fsm.TimeWait:
		s.finish("close(%d)")
		s.una = s.nxt
		s.peerFIN()
	default:
		panic("BUG: " + state.String() + " is before ESTABLISHED")
	}
}

// write sends text that stays unacknowledged.
func (s *situation) write() {
	s.add("+0    write(%d, ..., %d) = %d", s.fd, text, text)
	s.add("+0    > P. %d:%d(%d) ack %d", s.nxt, s.nxt+text, text, s.rcv)
	s.nxt += text
}

// finish sends our FIN.
func (s *situation) finish(call string) {
	s.add("+0    "+call+" = 0", s.fd)
	s.add("+0    > F. %d:%d(0) ack %d", s.nxt, s.nxt, s.rcv)
	s.nxt++
}

// peerFIN takes the peer's, which acknowledges what has been by now.
func (s *situation) peerFIN() {
	s.add("+.1   < F. %d:%d(0) ack %d win %d", s.rcv, s.rcv, s.una, wnd)
	s.rcv++
	s.add("+0~+.2 > . %d:%d(0) ack %d win %d", s.nxt, s.nxt, s.rcv, s.end-s.rcv)
}

// seq is the number at a position in the receive window.
func (s *situation) seq(position string) uint32 {
	return map[string]uint32{
		"left": s.rcv - 30, "edge": s.rcv, "inside": s.rcv + 100, "right": s.end - 1, "outside": s.end,
	}[position]
}

// quoted is the number at a position in what has been sent.
func (s *situation) quoted(position string) uint32 {
	return map[string]uint32{
		"left": s.una - 30, "edge": s.una, "inside": s.una + 10, "right": s.nxt - 1, "outside": s.nxt,
	}[position]
}

// ack is the number of an acknowledgment.
func (s *situation) ack(position string) uint32 {
	return map[string]uint32{
		"ancient": s.una - 100_000, "old": s.una - 1, "una": s.una, "inside": s.una + 10, "nxt": s.nxt, "beyond": s.nxt + 1,
	}[position]
}

// quotes reports whether a position in what has been sent is there, and is not
// the number of another one.
func (s *situation) quotes(position string) bool {
	switch position {
	case "edge":
		return s.nxt != s.una
	case "inside", "right":
		return s.nxt-s.una > 1
	}
	return true
}

// acksOf is the positions that the acknowledgment of a segment can have; only
// one, empty, if the segment has none.
func (s *situation) acksOf(segment string) (all []string) {
	if !hasACK(segment) {
		return []string{""}
	}
	for _, a := range acks {
		if a == "inside" && s.nxt-s.una <= 1 || a == "una" && s.nxt == s.una {
			continue
		}
		all = append(all, a)
	}
	return all
}

// String is the script.
func (s *situation) String() string { return strings.Join(s.lines, "\n") + "\n" }
