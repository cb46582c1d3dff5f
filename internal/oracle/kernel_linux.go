package oracle

import (
	"errors"
	"fmt"
	"io"
	"net/netip"

	"golang.org/x/sys/unix"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/seq"
	"github.com/lastack/lastack/internal/wire"
	"github.com/lastack/lastack/link/tun"
)

// Kernel is the Linux kernel's TCP as a System. Each word has a pair of ports
// of its own. When a segment has been written to the device, the kernel has
// dealt with it: nothing needs to wait.
type Kernel struct {
	dev  *tun.Device
	diag *diag

	words         int // so far: the ports of the word come from it
	local, remote netip.AddrPort
	listener      int     // a file descriptor, -1 if there is none
	conn          int     // likewise
	rcvNxt        seq.Num // what the kernel acknowledged last: a reset must be there
	pkt           [mtu]byte
	out           []wire.Segment
}

var _ System = (*Kernel)(nil)

// newKernel makes the device in the namespace of the calling thread.
func newKernel() (*Kernel, error) {
	dev, err := tun.Open(tun.Config{Host: []netip.Prefix{systemNet}, MTU: mtu})
	if err != nil {
		return nil, err
	}
	if err := routeQuickACK(dev.Name(), testerAddr); err != nil {
		return nil, errors.Join(err, dev.Close())
	}
	d, err := newDiag()
	if err != nil {
		return nil, errors.Join(err, dev.Close())
	}
	return &Kernel{dev: dev, diag: d, listener: -1, conn: -1}, nil
}

func (k *Kernel) close() error {
	k.closeSockets()
	return errors.Join(k.diag.close(), k.dev.Close())
}

// Name is "kernel".
func (k *Kernel) Name() string { return "kernel" }

// The ports of words: each pair comes again only after all others.
const (
	firstPort = 1024
	numPorts  = 60000
)

// Reset ends the last word's connection and goes on to other ports.
func (k *Kernel) Reset() error {
	k.closeSockets()
	if err := k.kill(); err != nil {
		return err
	}
	k.words++
	k.local = netip.AddrPortFrom(systemAddr, uint16(firstPort+k.words%numPorts))
	k.remote = netip.AddrPortFrom(testerAddr, uint16(firstPort+k.words/numPorts%numPorts))
	k.rcvNxt = testerISN
	return nil
}

// closeSockets closes what the user has. Aborting it leaves nothing behind.
func (k *Kernel) closeSockets() {
	if k.conn >= 0 {
		_ = k.abort()
	}
	if k.listener >= 0 {
		_ = unix.Close(k.listener)
		k.listener = -1
	}
}

// kill resets the connection if it goes on without a user. TIME_WAIT stays.
func (k *Kernel) kill() error {
	if k.words == 0 {
		return nil
	}
	if _, err := k.Sent(); err != nil {
		return err
	}
	switch state, err := k.State(); {
	case err != nil:
		return err
	case state == fsm.Closed, state == fsm.Listen, state == fsm.TimeWait:
		return nil
	}
	if err := k.Arrive(&wire.Segment{Flags: wire.RST, Seq: k.rcvNxt}); err != nil {
		return err
	}
	_, err := k.Sent()
	return err
}

// Call makes a system call.
func (k *Kernel) Call(c Call) Result {
	switch c {
	case Listen:
		return k.open(&k.listener, func(fd int) error { return unix.Listen(fd, backlog-1) })
	case Connect:
		return k.connect()
	case Accept:
		fd, _, err := unix.Accept4(k.listener, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
		if err == nil {
			k.conn = fd
		}
		return resultOf(err)
	case Close:
		fd := &k.conn
		if *fd < 0 {
			fd = &k.listener
		}
		err := unix.Close(*fd)
		*fd = -1
		return resultOf(err)
	default:
		return resultOf(k.callConn(c))
	}
}

// connect is an active OPEN, also of a socket that listens.
func (k *Kernel) connect() Result {
	if k.listener < 0 {
		return k.open(&k.conn, k.connectTo)
	}
	r := resultOf(k.connectTo(k.listener))
	if r == OK {
		k.conn, k.listener = k.listener, -1
	}
	return r
}

func (k *Kernel) connectTo(fd int) error {
	return unix.Connect(fd, &unix.SockaddrInet4{Port: int(k.remote.Port()), Addr: k.remote.Addr().As4()})
}

// open makes a socket at the word's address and opens it with do.
func (k *Kernel) open(to *int, do func(fd int) error) Result {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, unix.IPPROTO_TCP)
	if err != nil {
		return resultOf(err)
	}
	*to = fd
	if err := errors.Join(
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1),
		unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1),
		unix.Bind(fd, &unix.SockaddrInet4{Port: int(k.local.Port()), Addr: k.local.Addr().As4()}),
	); err != nil {
		return resultOf(err)
	}
	return resultOf(do(fd))
}

// callConn makes a system call on the connection.
func (k *Kernel) callConn(c Call) error {
	var buf [1024]byte
	switch c {
	case Send:
		return unix.Sendto(k.conn, buf[:TextLen], unix.MSG_NOSIGNAL, nil)
	case Read:
		n, err := unix.Read(k.conn, buf[:])
		if n == 0 && err == nil {
			return io.EOF
		}
		if n > 0 {
			return errText
		}
		return err
	case Shutdown:
		return unix.Shutdown(k.conn, unix.SHUT_WR)
	case Abort:
		return k.abort()
	default:
		panic(fmt.Sprintf("BUG: %v is no call on a connection", c))
	}
}

// abort closes the connection with a linger time of zero.
func (k *Kernel) abort() error {
	err := unix.SetsockoptLinger(k.conn, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
	err = errors.Join(err, unix.Close(k.conn))
	k.conn = -1
	return err
}

// Arrive brings a segment.
func (k *Kernel) Arrive(seg *wire.Segment) error {
	seg.SrcPort, seg.DstPort = k.remote.Port(), k.local.Port()
	n := wire.PutTCP(k.pkt[:], &wire.Packet{Src: testerAddr, Dst: systemAddr}, seg)
	return k.dev.Send([][]byte{k.pkt[:n]})
}

// Sent takes what waits at the device, and leaves out what belongs to earlier
// words.
func (k *Kernel) Sent() ([]wire.Segment, error) {
	k.out = k.out[:0]
	for {
		n, err := k.dev.Receive(k.pkt[:])
		if n == 0 || err != nil {
			return k.out, err
		}
		seg, ok := parse(k.pkt[:n])
		if !ok || seg.SrcPort != k.local.Port() || seg.DstPort != k.remote.Port() {
			continue
		}
		if seg.Has(wire.ACK) && !seg.Has(wire.RST) {
			k.rcvNxt = seg.Ack
		}
		k.out = append(k.out, seg)
	}
}

// State asks sock_diag.
func (k *Kernel) State() (fsm.State, error) { return k.diag.state(k.local, k.remote) }
