package tun

import (
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// A netlink is a socket to the part of the kernel that configures networks
// (rtnetlink). Its messages are structures in the machine's own byte order, and
// so are the headers of their attributes.
type netlink struct {
	fd  int
	seq uint32 // of the last request
}

func openNetlink() (*netlink, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_ROUTE)
	if err != nil {
		return nil, fmt.Errorf("open netlink socket: %w", err)
	}
	return &netlink{fd: fd}, nil
}

func (nl *netlink) close() { _ = unix.Close(nl.fd) }

// index is the number of the device with that name.
func (nl *netlink) index(name string) (uint32, error) {
	ifr, err := unix.NewIfreq(name)
	if err != nil {
		return 0, err
	}
	if err := unix.IoctlIfreq(nl.fd, unix.SIOCGIFINDEX, ifr); err != nil {
		return 0, err
	}
	return ifr.Uint32(), nil
}

// do sends a request and waits for the kernel's answer, an error or none.
func (nl *netlink) do(m *message) error {
	nl.seq++
	if err := unix.Sendto(nl.fd, m.encode(nl.seq), 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return err
	}
	buf := make([]byte, 4096)
	for {
		n, _, err := unix.Recvfrom(nl.fd, buf, 0)
		switch {
		case err == unix.EINTR:
		case err != nil:
			return err
		default:
			if done, err := answer(buf[:n], nl.seq); done {
				return err
			}
		}
	}
}

// answer reads the kernel's answer to the request with number seq. It is an
// nlmsghdr and an error number, negative or 0.
func answer(b []byte, seq uint32) (done bool, err error) {
	if len(b) < unix.SizeofNlMsghdr+4 {
		return true, errors.New("the kernel's netlink answer is cut short")
	}
	typ, got := binary.NativeEndian.Uint16(b[4:]), binary.NativeEndian.Uint32(b[8:])
	if typ != unix.NLMSG_ERROR || got != seq {
		return false, nil
	}
	if errno := -int32(binary.NativeEndian.Uint32(b[unix.SizeofNlMsghdr:])); errno != 0 {
		return true, unix.Errno(errno)
	}
	return true, nil
}

// A message is a request in the making.
type message struct {
	typ   uint16 // RTM_NEWLINK ...
	flags uint16 // NLM_F_CREATE ...
	body  []byte // a structure and its attributes
}

// newMessage starts a request with one of the kernel's structures. All of them
// are multiples of 4 bytes without gaps, as encoding/binary writes them.
func newMessage(typ, flags uint16, body any) *message {
	m := &message{typ: typ, flags: flags}
	var err error
	if m.body, err = binary.Append(nil, binary.NativeEndian, body); err != nil {
		panic("BUG: " + err.Error())
	}
	return m
}

// attr adds an attribute: length, type, value.
func (m *message) attr(typ uint16, value []byte) {
	m.body = binary.NativeEndian.AppendUint16(m.body, uint16(unix.SizeofRtAttr+len(value)))
	m.body = binary.NativeEndian.AppendUint16(m.body, typ)
	m.body = append(m.body, value...)
	m.align()
}

// attr32 adds an attribute whose value is a number of 32 bits.
func (m *message) attr32(typ uint16, value uint32) {
	m.attr(typ, binary.NativeEndian.AppendUint32(nil, value))
}

// nest adds an attribute whose value is the attributes that add adds.
func (m *message) nest(typ uint16, add func(*message)) {
	var inner message
	add(&inner)
	m.attr(typ, inner.body)
}

// align fills up to the next 4 bytes, where attributes begin.
func (m *message) align() {
	for len(m.body)%unix.NLMSG_ALIGNTO != 0 {
		m.body = append(m.body, 0)
	}
}

// encode is the message with its nlmsghdr: length, type, flags, sequence
// number, and the sender's port, which the kernel fills in.
func (m *message) encode(seq uint32) []byte {
	b := binary.NativeEndian.AppendUint32(nil, uint32(unix.SizeofNlMsghdr+len(m.body)))
	b = binary.NativeEndian.AppendUint16(b, m.typ)
	b = binary.NativeEndian.AppendUint16(b, m.flags|unix.NLM_F_REQUEST|unix.NLM_F_ACK)
	b = binary.NativeEndian.AppendUint32(b, seq)
	b = binary.NativeEndian.AppendUint32(b, 0)
	return append(b, m.body...)
}
