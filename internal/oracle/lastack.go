package oracle

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"time"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/stack"
	"github.com/lastack/lastack/internal/tcp"
	"github.com/lastack/lastack/internal/wire"
	"github.com/lastack/lastack/trace"
)

// The addresses of a word: the system's, and the tester's.
var (
	systemNet  = netip.MustParsePrefix("10.99.0.1/24")
	systemAddr = systemNet.Addr()
	testerAddr = netip.MustParseAddr("10.99.0.2")
)

// mtu is that of the link between system and tester, in bytes.
const mtu = 1500

// backlog is how many connections wait for Accept. Linux has room for one more
// than it is told.
const backlog = 2

// Time passes for lastack in steps that let a delayed ACK go out and nothing
// be sent again: a word may have a hundred symbols.
const (
	tick       = 2 * time.Millisecond
	delayedACK = time.Millisecond
)

// Lastack is lastack as a System: one stack, in process and virtual time.
type Lastack struct {
	// Observe, if not nil, is told what the stack does.
	Observe func(*trace.Event)

	core     *stack.Core
	listener *stack.Listener
	conn     *stack.Conn
	now      clock.Time
	pkt      [mtu]byte
	out      []wire.Segment
	local    netip.AddrPort
	remote   netip.AddrPort
}

var _ System = (*Lastack)(nil)

// Name is "lastack".
func (l *Lastack) Name() string { return "lastack" }

// Reset makes a new stack.
func (l *Lastack) Reset() (err error) {
	l.local, l.remote = netip.AddrPortFrom(systemAddr, 8080), netip.AddrPortFrom(testerAddr, 40000)
	l.listener, l.conn = nil, nil
	l.now = clock.Time(time.Hour)
	l.core, err = stack.New(stack.Config{
		Name:     "lastack",
		Addrs:    []netip.Prefix{systemNet},
		MTU:      mtu,
		Rand:     rand.New(rand.NewPCG(1, 2)).Uint64,
		Observer: l.Observe,
		TCP: tcp.Config{
			NoDelay: true, NoTimestamps: true, NoWindowScale: true, NoSACK: true,
			DelayedACK: delayedACK, ChallengeACKs: 1 << 30,
		},
	})
	return err
}

// Call makes a call on the connection, or the listener.
func (l *Lastack) Call(c Call) Result {
	switch c {
	case Listen:
		var err error
		l.listener, err = l.core.Listen(l.now, l.local, backlog)
		return resultOf(err)
	case Connect:
		return l.connect()
	case Accept:
		if l.conn = l.listener.Accept(l.now); l.conn == nil {
			return NotYet
		}
		return OK
	case Close:
		l.close()
		return OK
	default:
		return l.callConn(c)
	}
}

// connect is an active OPEN, also of what is in LISTEN: the listener is then
// used up, as §3.10.1 has it, though the stack's would go on listening.
func (l *Lastack) connect() Result {
	var err error
	if l.listener == nil {
		l.conn, err = l.core.Dial(l.now, l.local, l.remote)
		return resultOf(err)
	}
	if l.conn, err = l.listener.Dial(l.now, l.remote); err == nil {
		l.listener.Close(l.now)
		l.listener = nil
	}
	return resultOf(err)
}

func (l *Lastack) close() {
	if l.conn != nil {
		l.conn.Release(l.now)
		l.conn = nil
		return
	}
	l.listener.Close(l.now)
	l.listener = nil
}

// callConn makes a call on the connection.
func (l *Lastack) callConn(c Call) Result {
	var buf [1024]byte
	switch c {
	case Send:
		_, err := l.conn.Write(l.now, buf[:TextLen])
		return resultOf(err)
	case Read:
		n, err := l.conn.Read(l.now, buf[:])
		if n == 0 && err == nil {
			return NotYet
		}
		if n > 0 {
			return Text
		}
		return resultOf(err)
	case Shutdown:
		return resultOf(l.conn.Close(l.now))
	case Abort:
		l.conn.Abort(l.now)
		l.conn = nil
	default:
		panic(fmt.Sprintf("BUG: %v is no call on a connection", c))
	}
	return OK
}

// Arrive brings a segment.
func (l *Lastack) Arrive(seg *wire.Segment) error {
	seg.SrcPort, seg.DstPort = l.remote.Port(), l.local.Port()
	n := wire.PutTCP(l.pkt[:], &wire.Packet{Src: testerAddr, Dst: systemAddr}, seg)
	l.core.Input(l.now, l.pkt[:n])
	return nil
}

// Sent takes what the stack owes, at once and after a tick.
func (l *Lastack) Sent() ([]wire.Segment, error) {
	l.out = l.out[:0]
	if err := l.drain(); err != nil {
		return nil, err
	}
	l.now = l.now.Add(tick)
	l.core.Expire(l.now)
	return l.out, l.drain()
}

func (l *Lastack) drain() error {
	for {
		n := l.core.Output(l.now, l.pkt[:])
		if n == 0 {
			return nil
		}
		seg, ok := parse(l.pkt[:n])
		if !ok {
			return errors.New("lastack sent a packet that is no TCP segment to the tester")
		}
		l.out = append(l.out, seg)
	}
}

// parse is the TCP segment in a packet for the tester, with its text left out
// but for the length; not ok if it is anything else.
func parse(pkt []byte) (seg wire.Segment, ok bool) {
	var p wire.Packet
	if wire.ParseIP(pkt, &p) != wire.OK || p.Proto != wire.ProtoTCP || p.Dst != testerAddr {
		return seg, false
	}
	ok = wire.ParseTCP(p.Payload, &seg) == wire.OK && wire.VerifyTCP(&p)
	seg.Payload = make([]byte, len(seg.Payload))
	return seg, ok
}

// State is the state of the connection, or of the listener.
func (l *Lastack) State() (fsm.State, error) {
	for c := range l.core.Conns() {
		if c.Remote() == l.remote {
			return c.State(), nil
		}
	}
	if l.listener != nil {
		return fsm.Listen, nil
	}
	return fsm.Closed, nil
}
