package oracle

import (
	"fmt"
	"strings"

	"github.com/lastack/lastack/internal/wire"
)

// Script is a word as a packetdrill script, with what a system answers: what is
// expected, if that is lastack. The numbers count from the start of each side.
func Script(system System, w Word) (string, error) {
	var b strings.Builder
	s := scribe{out: &b, listener: -1, conn: -1}
	t := Tester{System: system, Note: s.note}
	fmt.Fprintf(&b, "// %v\n", w)
	s.line("`sysctl -q net.ipv4.tcp_timestamps=0 net.ipv4.tcp_sack=0 net.ipv4.tcp_window_scaling=0`")
	_, err := t.Run(w)
	return b.String(), err
}

// A scribe writes the events of a word as lines of a script.
type scribe struct {
	out            *strings.Builder
	lines          int
	next           int // the next file descriptor, from 3 on
	listener, conn int
}

// line writes a statement; the first is at time 0.
func (s *scribe) line(format string, args ...any) {
	at := "+0"
	if s.lines == 0 {
		at = "0"
	}
	s.lines++
	fmt.Fprintf(s.out, "%-7s %s\n", at, fmt.Sprintf(format, args...))
}

// sent writes a segment of the system. A bare ACK may be a delayed one.
func (s *scribe) sent(seg *wire.Segment) {
	at := "+0"
	if seg.Flags == wire.ACK && len(seg.Payload) == 0 {
		at = "+0~+.1"
	}
	fmt.Fprintf(s.out, "%-7s > %s\n", at, outbound(seg))
}

func (s *scribe) note(e Event) {
	switch {
	case e.Call != NoCall:
		s.call(e.Call, e.Result)
	case e.Seg != nil && e.Out:
		s.sent(e.Seg)
	case e.Seg != nil:
		s.line("< %s", inbound(e.Seg))
	default:
		fmt.Fprintf(s.out, "// %v\n", e.State)
	}
}

// outbound is a segment of the system in packetdrill's notation. Its window is
// not compared, and neither are the options of a SYN.
func outbound(seg *wire.Segment) string {
	text := fmt.Sprintf("%v %d:%d(%d)", seg.Flags, uint32(seg.Seq), uint32(seg.Seq)+uint32(len(seg.Payload)), len(seg.Payload))
	if seg.Has(wire.ACK) {
		text += fmt.Sprintf(" ack %d", uint32(seg.Ack))
	}
	if seg.Has(wire.SYN) {
		text += " <...>"
	}
	return text
}

// inbound is a segment of the tester, with its window.
func inbound(seg *wire.Segment) string {
	text := outbound(&wire.Segment{Flags: seg.Flags &^ wire.SYN, Seq: seg.Seq, Ack: seg.Ack, Payload: seg.Payload})
	if seg.Has(wire.SYN) {
		_, rest, _ := strings.Cut(text, " ")
		text = seg.Flags.String() + " " + rest
	}
	if !seg.Has(wire.RST) {
		text += fmt.Sprintf(" win %d", seg.Wnd)
	}
	if seg.Has(wire.URG) {
		text += fmt.Sprintf(" urg %d", seg.Up)
	}
	return text
}

// descriptor gives out the next file descriptor.
func (s *scribe) descriptor() int {
	s.next++
	return s.next + 2
}

// socket opens a socket that does not block.
func (s *scribe) socket() int {
	fd := s.descriptor()
	s.line("socket(..., SOCK_STREAM|SOCK_NONBLOCK, IPPROTO_TCP) = %d", fd)
	s.line("setsockopt(%d, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0", fd)
	s.line("setsockopt(%d, IPPROTO_TCP, TCP_NODELAY, [1], 4) = 0", fd)
	return fd
}

func (s *scribe) call(c Call, r Result) {
	switch c {
	case Listen:
		s.listener = s.socket()
		s.line("bind(%d, ..., ...) = 0", s.listener)
		s.line("listen(%d, %d) = 0", s.listener, backlog)
	case Connect:
		if s.conn = s.listener; s.conn < 0 {
			s.conn = s.socket()
		}
		s.line("connect(%d, ..., ...) = -1 EINPROGRESS (%s)", s.conn, r)
	case Accept:
		s.accept(r)
	case Send:
		s.line("write(%d, ..., %d) = %s", s.conn, TextLen, returned(r, TextLen))
	case Read:
		s.line("read(%d, ..., 1000) = %s", s.conn, returned(r, TextLen))
	case Shutdown:
		s.line("shutdown(%d, SHUT_WR) = %s", s.conn, returned(r, 0))
	case Abort:
		s.line("setsockopt(%d, SOL_SOCKET, SO_LINGER, {onoff=1, linger=0}, 8) = 0", s.conn)
		s.close(&s.conn)
	case Close:
		if s.conn >= 0 {
			s.close(&s.conn)
			return
		}
		s.close(&s.listener)
	case NoCall:
	}
}

func (s *scribe) accept(r Result) {
	if r != OK {
		s.line("accept(%d, ..., ...) = -1 EAGAIN", s.listener)
		return
	}
	s.conn = s.descriptor()
	s.line("accept(%d, ..., ...) = %d", s.listener, s.conn)
}

func (s *scribe) close(fd *int) {
	s.line("close(%d) = 0", *fd)
	*fd = -1
}

// returned is a result as a system call returns it, where n counts bytes.
func returned(r Result, n int) string {
	switch r {
	case OK, Text:
		return fmt.Sprint(n)
	case EOF:
		return "0"
	case NotYet:
		return "-1 EAGAIN"
	case Refused:
		return "-1 ECONNREFUSED"
	case WasReset:
		return "-1 ECONNRESET"
	case Closing:
		return "-1 EPIPE"
	default:
		return "-1 ENOTCONN"
	}
}
