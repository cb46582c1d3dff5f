package drill

import (
	"slices"
	"strings"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/drill/script"
)

// Scripts for FreeBSD expect two things of its own that are not TCP's: the order of
// options and what fills them up to whole words, which a sender is free to choose
// (RFC 9293 §3.1), and the sizes of receive buffers. With the first setting by one of
// FreeBSD's names a script is known to be one of those.

// freeBSDRecvSpace is net.inet.tcp.recvspace if no script sets it, in bytes.
const freeBSDRecvSpace = 65536

// isFreeBSD reports whether a setting is one of FreeBSD.
func isFreeBSD(s setting) bool {
	return strings.HasPrefix(s.name, "net.inet") || strings.HasPrefix(s.name, "kern.")
}

// noteSystem notes which system settings are for.
func (c *config) noteSystem(settings []setting) {
	c.freeBSD = c.freeBSD || slices.ContainsFunc(settings, isFreeBSD)
}

// sameInAnyOrder compares options without regard to their order and to what is
// between them.
func sameInAnyOrder(want, got []script.TCPOption) bool {
	return sameOptions(plainOptions(want), plainOptions(got))
}

// plainOptions is the options that say something, in the order of their kinds.
func plainOptions(opts []script.TCPOption) []script.TCPOption {
	plain := slices.DeleteFunc(slices.Clone(opts), func(o script.TCPOption) bool {
		return o.Kind == script.OptEOL || o.Kind == script.OptNOP
	})
	slices.SortStableFunc(plain, func(a, b script.TCPOption) int { return int(a.Kind) - int(b.Kind) })
	return plain
}

// recvSpace is the size of a receive buffer of FreeBSD, in bytes: a connection's is
// whole segments, once the handshake has told how large they are.
func (l *lastack) recvSpace(s *socket) int {
	if s.conn == nil || s.conn.State() == fsm.SynSent {
		return l.space
	}
	mss := l.cfg.mtu - l.headers()
	return (l.space + mss - 1) / mss * mss
}

// fitRecvSpace gives a new connection the buffer that FreeBSD would.
func (l *lastack) fitRecvSpace(s *socket) {
	if _, wasSet := s.opts[[2]int64{solSocket, soRcvBuf}]; l.cfg.freeBSD && !wasSet {
		s.conn.SetRecvBuffer(l.time, l.recvSpace(s))
	}
}
