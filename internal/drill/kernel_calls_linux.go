package drill

import (
	"errors"
	"net/netip"

	"golang.org/x/sys/unix"
)

// syscall makes a system call and waits for its end.
func (k *kernel) syscall(c *syscallArgs) (r syscallResult) {
	var n int
	var err error
	switch c.name {
	case "socket":
		err = k.ns.do(func() (err error) {
			n, err = unix.Socket(int(c.nums[0]), int(c.nums[1]), int(c.nums[2]))
			return err
		})
		k.opened(n, err)
	case "bind":
		err = unix.Bind(c.fd, k.sockaddr(c.addr))
	case "listen":
		err = unix.Listen(c.fd, int(c.nums[0]))
	case "accept", "accept4":
		n, r.peer, err = k.accept(c)
	case "connect":
		err = unix.Connect(c.fd, k.sockaddr(c.addr))
	case "read", "write", "recv", "send", "recvfrom", "sendto":
		n, err = k.transfer(c)
	case "readv":
		n, err = unix.Read(c.fd, make([]byte, c.size))
	case "recvmsg":
		n, _, err = unix.Recvfrom(c.fd, make([]byte, c.size), int(c.flags))
	case "writev":
		n, err = unix.Write(c.fd, make([]byte, c.size))
	case "sendmsg":
		n, err = k.sendto(c)
	case "close":
		k.mu.Lock()
		delete(k.fds, c.fd)
		k.mu.Unlock()
		err = unix.Close(c.fd)
	case "shutdown":
		err = unix.Shutdown(c.fd, int(c.nums[0]))
	case "fcntl":
		n, err = fcntl(c)
	case "setsockopt":
		err = setsockopt(c)
	case "getsockopt":
		r.out, r.hasOut, err = getsockopt(c)
	case "ioctl":
		var v int
		v, err = unix.IoctlGetInt(c.fd, uint(c.nums[0]))
		r.out, r.hasOut = int64(v), err == nil
	case "epoll_create", "epoll_create1":
		n, err = unix.EpollCreate1(0)
		k.opened(n, err)
	case "epoll_ctl":
		p := c.polls[0]
		err = unix.EpollCtl(c.fd, int(c.nums[0]), p.fd, &unix.EpollEvent{Events: uint32(p.events), Fd: int32(p.fd)})
	case "epoll_wait":
		n, r.revents, err = epollWait(c)
	case "poll":
		n, r.revents, err = poll(c)
	default:
		r.missing = need("the system call " + c.name)
	}
	r.ret = int64(n)
	if err != nil {
		r.ret, r.errno = -1, errnoName(err)
	}
	return r
}

// transfer reads or writes one buffer.
func (k *kernel) transfer(c *syscallArgs) (n int, err error) {
	if c.null {
		return nullTransfer(c)
	}
	switch c.name {
	case "read":
		return unix.Read(c.fd, make([]byte, c.size))
	case "recv", "recvfrom":
		n, _, err = unix.Recvfrom(c.fd, make([]byte, c.size), int(c.flags))
		return n, err
	case "write":
		return unix.Write(c.fd, make([]byte, c.size))
	case "send":
		return unix.SendmsgN(c.fd, make([]byte, c.size), nil, nil, int(c.flags))
	}
	return k.sendto(c)
}

// nullTransfer makes a call with NULL for the buffer.
func nullTransfer(c *syscallArgs) (int, error) {
	trap := map[string]uintptr{
		"read": unix.SYS_READ, "write": unix.SYS_WRITE, "recv": unix.SYS_RECVFROM, "recvfrom": unix.SYS_RECVFROM,
		"send": unix.SYS_SENDTO, "sendto": unix.SYS_SENDTO,
	}[c.name]
	n, _, e := unix.Syscall6(trap, uintptr(c.fd), 0, uintptr(c.size), uintptr(c.flags), 0, 0)
	if e != 0 {
		return -1, e
	}
	return int(n), nil
}

// errnoName is the name of a system call's error.
func errnoName(err error) string {
	var n unix.Errno
	if errors.As(err, &n) {
		return unix.ErrnoName(n)
	}
	return err.Error()
}

// opened notes a new descriptor, to be closed at the end.
func (k *kernel) opened(fd int, err error) {
	if err == nil {
		k.mu.Lock()
		k.fds[fd] = true
		k.mu.Unlock()
	}
}

// sockaddr is an address for the socket's family.
func (k *kernel) sockaddr(a netip.AddrPort) unix.Sockaddr {
	if k.cfg.ipv6 || k.cfg.mapped {
		return &unix.SockaddrInet6{Port: int(a.Port()), Addr: a.Addr().As16()}
	}
	return &unix.SockaddrInet4{Port: int(a.Port()), Addr: a.Addr().As4()}
}

func (k *kernel) accept(c *syscallArgs) (fd int, peer netip.AddrPort, err error) {
	flags := 0
	if c.nonblock {
		flags = unix.SOCK_NONBLOCK
	}
	fd, from, err := unix.Accept4(c.fd, flags)
	k.opened(fd, err)
	switch a := from.(type) {
	case *unix.SockaddrInet4:
		peer = netip.AddrPortFrom(netip.AddrFrom4(a.Addr), uint16(a.Port))
	case *unix.SockaddrInet6:
		peer = netip.AddrPortFrom(netip.AddrFrom16(a.Addr).Unmap(), uint16(a.Port))
	}
	return fd, peer, err
}

func (k *kernel) sendto(c *syscallArgs) (int, error) {
	var to unix.Sockaddr
	if c.hasAddr && c.flags&msgFastOpen != 0 {
		to = k.sockaddr(c.addr)
	}
	return unix.SendmsgN(c.fd, make([]byte, c.size), nil, to, int(c.flags))
}

func fcntl(c *syscallArgs) (int, error) {
	arg := 0
	if len(c.nums) > 1 {
		arg = int(c.nums[1])
	}
	n, err := unix.FcntlInt(uintptr(c.fd), int(c.nums[0]), arg)
	return n &^ unix.O_LARGEFILE, err
}

func setsockopt(c *syscallArgs) error {
	switch {
	case c.optText != "":
		return unix.SetsockoptString(c.fd, int(c.level), int(c.opt), c.optText)
	case c.level == solSocket && c.opt == soLinger:
		return unix.SetsockoptLinger(c.fd, int(c.level), int(c.opt), &unix.Linger{Onoff: int32(c.linger[0]), Linger: int32(c.linger[1])})
	}
	return unix.SetsockoptInt(c.fd, int(c.level), int(c.opt), int(c.optVal))
}

func getsockopt(c *syscallArgs) (v int64, is bool, err error) {
	if !c.hasOpt {
		_, err = unix.GetsockoptString(c.fd, int(c.level), int(c.opt))
		return 0, false, err
	}
	n, err := unix.GetsockoptInt(c.fd, int(c.level), int(c.opt))
	return int64(n), err == nil, err
}

// poll waits, also when the runtime's signals interrupt it.
func poll(c *syscallArgs) (n int, revents []int64, err error) {
	fds := make([]unix.PollFd, len(c.polls))
	for i, p := range c.polls {
		fds[i] = unix.PollFd{Fd: int32(p.fd), Events: int16(p.events)}
	}
	for {
		n, err = unix.Poll(fds, int(c.timeout.Milliseconds()))
		if !errors.Is(err, unix.EINTR) {
			break
		}
	}
	for _, fd := range fds {
		revents = append(revents, int64(fd.Revents))
	}
	return n, revents, err
}

// epollWait waits, also when the runtime's signals interrupt it. The events
// come in the order in which the script has their descriptors.
func epollWait(c *syscallArgs) (n int, revents []int64, err error) {
	if c.nums[0] < 1 || c.nums[0] > 1024 {
		return -1, nil, unix.EINVAL
	}
	events := make([]unix.EpollEvent, c.nums[0])
	for {
		n, err = unix.EpollWait(c.fd, events, int(c.timeout.Milliseconds()))
		if !errors.Is(err, unix.EINTR) {
			break
		}
	}
	if n <= 0 {
		return n, nil, err
	}
	revents = make([]int64, len(c.polls))
	for _, e := range events[:n] {
		for i, p := range c.polls {
			if p.fd == int(e.Fd) {
				revents[i] = int64(e.Events)
			}
		}
	}
	return n, revents, nil
}
