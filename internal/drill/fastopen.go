package drill

import (
	"fmt"
	"net/netip"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/siphash"
	"github.com/lastack/lastack/internal/stack"
)

// The bits of tcp_fastopen. The last two lastack does not have; others mean nothing.
const (
	fastClient       = 1     // MSG_FASTOPEN and TCP_FASTOPEN_CONNECT work
	fastServer       = 2     // listeners with TCP_FASTOPEN are fast
	fastAllListeners = 0x400 // and the others too
	fastNoCookie     = 4 | 0x200
)

// setFastOpen takes tcp_fastopen over. Which listeners are fast is seen when one
// begins to listen.
func setFastOpen(c *stack.Config, v string) error {
	var bits int
	if _, err := fmt.Sscan(v, &bits); err != nil {
		return err
	}
	switch {
	case bits&fastNoCookie != 0:
		return errNoEffect
	case bits&fastServer != 0:
		c.FastOpen = stack.FastOpenServe
	case bits&fastClient != 0:
		c.FastOpen = stack.FastOpenDial
	default:
		c.FastOpen = stack.FastOpenOff
	}
	c.FastPending = 0
	if bits&fastAllListeners != 0 {
		c.FastPending = stack.DefaultFastPending
	}
	return nil
}

// setFastOpenKey takes a key as Linux writes it: four numbers of 32 bits.
func setFastOpenKey(c *stack.Config, v string) error {
	var word [4]uint32
	if _, err := fmt.Sscanf(v, "%x-%x-%x-%x", &word[0], &word[1], &word[2], &word[3]); err != nil {
		return fmt.Errorf("%q is not a key like 00000001-00000002-00000003-00000004", v)
	}
	var key siphash.Key
	for i := range key {
		key[i] = byte(word[i/4] >> (8 * (i % 4)))
	}
	c.FastOpenKey = key
	return nil
}

// listensFast says how many handshakes a listener believes at a time: in Linux
// those that its option says, and none without the option.
func (l *lastack) listensFast(s *socket) {
	n, wasSet := s.opts[[2]int64{solTCP, tcpFastOpen}]
	if wasSet || l.sc.FastPending == 0 {
		s.ln.SetFastPending(int(n))
	}
}

// openFast is sendto with MSG_FASTOPEN, or the first write after a connect that has
// waited for it. Without a cookie a call that does not block sends nothing yet.
func (l *lastack) openFast(s *socket, c *syscallArgs, to netip.AddrPort) (syscallResult, bool) {
	if s.conn == nil {
		size := c.size
		if s.nonblock && !l.stack().FastCookie(l.time, to.Addr()) {
			size = 0
		}
		conn, n, err := l.stack().DialFast(l.time, s.bound, to, make([]byte, size))
		if err != nil {
			return errnoOf(err), true
		}
		l.opens(s, conn)
		c.optVal = int64(n)
		switch {
		case s.nonblock && n > 0:
			return value(c.optVal), true
		case s.nonblock:
			return errno("EINPROGRESS"), true
		}
	}
	if state := s.conn.State(); state == fsm.Closed {
		return s.fault("ECONNABORTED"), true
	} else if fsm.In(fsm.SynSent, fsm.SynReceived).Has(state) {
		return syscallResult{}, false
	}
	s.opening = false
	return value(c.optVal), true
}

// opens notes that a socket has a connection that is opening.
func (l *lastack) opens(s *socket, conn *stack.Conn) {
	s.conn, s.opening = conn, true
	l.applyCongestion(s)
	l.fitRecvSpace(s)
	for k, v := range s.opts {
		l.apply(s, k, v)
	}
}

// waitsToOpen reports whether a connect is to wait for the first write, so that its
// data go with the SYN: TCP_FASTOPEN_CONNECT is set, and there is a cookie.
func (l *lastack) waitsToOpen(s *socket, to netip.AddrPort) bool {
	return s.opts[[2]int64{solTCP, tcpFastOpenConnect}] != 0 && l.stack().FastCookie(l.time, to.Addr())
}
