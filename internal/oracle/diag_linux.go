package oracle

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"

	"github.com/lastack/lastack/fsm"
)

// A diag asks the kernel for the states of sockets (sock_diag), also of those
// that no program holds: half-open ones, orphans, TIME_WAIT.
type diag struct {
	fd  int
	seq uint32
	buf [8192]byte
}

func newDiag() (*diag, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_SOCK_DIAG)
	if err != nil {
		return nil, fmt.Errorf("open sock_diag: %w", err)
	}
	return &diag{fd: fd}, nil
}

func (d *diag) close() error { return unix.Close(d.fd) }

// The structures of linux/inet_diag.h, by their sizes and offsets in bytes.
const (
	diagReqLen   = 56 // inet_diag_req_v2
	diagIDOff    = 8  // of inet_diag_sockid in it
	diagStateOff = 1  // of idiag_state in inet_diag_msg
	diagDportOff = 6  // of idiag_dport in it
)

// state is the state of the socket that takes segments from remote to local:
// the connection's, otherwise the listener's, otherwise CLOSED.
func (d *diag) state(local, remote netip.AddrPort) (fsm.State, error) {
	d.seq++
	if err := unix.Sendto(d.fd, d.request(local, remote), 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return 0, fmt.Errorf("ask sock_diag: %w", err)
	}
	for {
		n, _, err := unix.Recvfrom(d.fd, d.buf[:], 0)
		switch {
		case err == unix.EINTR:
		case err != nil:
			return 0, fmt.Errorf("ask sock_diag: %w", err)
		case n < unix.SizeofNlMsghdr+diagDportOff+2:
			return 0, errors.New("sock_diag's answer is cut short")
		case binary.NativeEndian.Uint32(d.buf[8:]) == d.seq:
			return d.answer(d.buf[:n])
		}
	}
}

// request is a netlink message that asks for one socket.
func (d *diag) request(local, remote netip.AddrPort) []byte {
	b := make([]byte, unix.SizeofNlMsghdr+diagReqLen)
	binary.NativeEndian.PutUint32(b[0:], uint32(len(b)))
	binary.NativeEndian.PutUint16(b[4:], unix.SOCK_DIAG_BY_FAMILY)
	binary.NativeEndian.PutUint16(b[6:], unix.NLM_F_REQUEST)
	binary.NativeEndian.PutUint32(b[8:], d.seq)
	req := b[unix.SizeofNlMsghdr:]
	req[0], req[1] = unix.AF_INET, unix.IPPROTO_TCP
	binary.NativeEndian.PutUint32(req[4:], ^uint32(0)) // any state
	id := req[diagIDOff:]
	binary.BigEndian.PutUint16(id[0:], local.Port())
	binary.BigEndian.PutUint16(id[2:], remote.Port())
	copy(id[4:], local.Addr().AsSlice())
	copy(id[20:], remote.Addr().AsSlice())
	for i := range 8 {
		id[40+i] = 0xff // any cookie
	}
	return b
}

// answer reads an inet_diag_msg, or an error.
func (d *diag) answer(b []byte) (fsm.State, error) {
	msg := b[unix.SizeofNlMsghdr:]
	if binary.NativeEndian.Uint16(b[4:]) == unix.NLMSG_ERROR {
		errno := unix.Errno(-int32(binary.NativeEndian.Uint32(msg)))
		if errno == unix.ENOENT {
			return fsm.Closed, nil
		}
		return 0, fmt.Errorf("ask sock_diag: %w", errno)
	}
	if state := int(msg[diagStateOff]); state < len(kernelStates) {
		return kernelStates[state], nil
	}
	return 0, fmt.Errorf("the kernel's state %d is unknown", msg[diagStateOff])
}

// kernelStates is the states by the numbers of linux/tcp_states.h. The last is
// TCP_NEW_SYN_RECV, a handshake at a listener.
var kernelStates = [...]fsm.State{
	fsm.Closed, fsm.Established, fsm.SynSent, fsm.SynReceived, fsm.FinWait1, fsm.FinWait2, fsm.TimeWait,
	fsm.Closed, fsm.CloseWait, fsm.LastAck, fsm.Listen, fsm.Closing, fsm.SynReceived,
}
