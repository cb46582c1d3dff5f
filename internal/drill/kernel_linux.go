package drill

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/link/tun"
	"github.com/lastack/lastack/trace"
)

// kernel is the target that is Linux's TCP, in a network namespace that lasts
// as long as the script, behind a TUN device, in real time.
type kernel struct {
	cfg   *config
	ns    *namespace
	dev   *tun.Device
	made  time.Time
	zero  atomic.Int64 // nanoseconds from then to time 0 of the script
	pkts  chan captured
	ended chan syscallResult

	mu   sync.Mutex
	fds  map[int]bool // descriptors that are open
	seen recorder
}

// newKernel makes a namespace with a device.
func newKernel(cfg *config) (target, error) {
	if os.Geteuid() != 0 {
		return nil, errors.New("--target kernel makes a network namespace and needs root: run it with sudo")
	}
	ns, err := newNamespace()
	if err != nil {
		return nil, err
	}
	k := &kernel{
		cfg: cfg, ns: ns, made: time.Now(), fds: map[int]bool{},
		pkts: make(chan captured, 4096), ended: make(chan syscallResult, 1),
	}
	err = ns.do(func() (err error) {
		k.dev, err = tun.Open(tun.Config{Host: []netip.Prefix{cfg.local}, Routes: []netip.Prefix{cfg.remote.Masked()}, MTU: cfg.mtu})
		return err
	})
	if err == nil {
		err = k.dev.Start(k.arrived)
	}
	if err != nil {
		ns.close()
		return nil, err
	}
	return k, nil
}

// arrived takes packets that the kernel has sent.
func (k *kernel) arrived(pkts [][]byte) {
	at := k.now()
	for _, pkt := range pkts {
		c := captured{at, append([]byte(nil), pkt...)}
		k.record(c, trace.Send)
		select {
		case k.pkts <- c:
		default: // nobody has looked for thousands of packets
		}
	}
}

func (k *kernel) record(c captured, kind trace.Kind) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.seen.packet(c, kind)
}

func (k *kernel) begin()                    { k.zero.Store(int64(time.Since(k.made))) }
func (k *kernel) now() time.Duration        { return time.Since(k.made) - time.Duration(k.zero.Load()) }
func (k *kernel) sleep(until time.Duration) { time.Sleep(until - k.now()) }

func (k *kernel) events() []trace.Event {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.seen.log
}

func (k *kernel) inject(pkt []byte) error {
	k.record(captured{k.now(), pkt}, trace.Recv)
	return k.dev.Send([][]byte{pkt})
}

func (k *kernel) receive(deadline time.Duration) (captured, bool) {
	select {
	case c := <-k.pkts:
		return c, true
	default:
	}
	late := time.NewTimer(deadline - k.now())
	defer late.Stop()
	select {
	case c := <-k.pkts:
		return c, true
	case <-late.C:
		return captured{}, false
	}
}

// start makes the call on a thread of its own, so that it may block.
func (k *kernel) start(c *syscallArgs) {
	ended := make(chan syscallResult, 1)
	k.ended = ended
	go func() {
		r := k.syscall(c)
		r.at = k.now()
		ended <- r
	}()
}

func (k *kernel) wait(deadline time.Duration) (syscallResult, bool) {
	late := time.NewTimer(deadline - k.now())
	defer late.Stop()
	select {
	case r := <-k.ended:
		return r, true
	case <-late.C:
		return syscallResult{}, false
	}
}

// close aborts what is still open and removes the device.
func (k *kernel) close() {
	k.mu.Lock()
	for fd := range k.fds {
		_ = unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
		_ = unix.Shutdown(fd, unix.SHUT_RDWR) // wakes a call that still waits
		_ = unix.Close(fd)
	}
	k.mu.Unlock()
	_ = k.dev.Close()
	k.ns.close()
}

// command runs a shell command in the namespace. Settings are made without a
// shell; those of FreeBSD mean nothing to Linux.
func (k *kernel) command(text string) error {
	if q, ok := parseStateQuery(text); ok {
		states, err := k.states()
		if err != nil {
			return err
		}
		return q.check(states)
	}
	if settings, err := parseSettings(text, nil); err == nil {
		k.cfg.noteSystem(settings)
		return k.ns.do(func() error { return applySettings(settings) })
	}
	return k.ns.do(func() error {
		cmd := exec.Command("sh", "-c", text)
		cmd.Dir = k.cfg.dir
		cmd.Env = append(os.Environ(), fmt.Sprintf("PACKETDRILL_PID=%d", os.Getpid())) // as scripts' commands expect
		out, err := cmd.CombinedOutput()
		if err != nil {
			return &commandError{fmt.Sprintf("%v: %s", err, strings.TrimSpace(string(out)))}
		}
		return nil
	})
}

// applySettings writes settings to /proc/sys, which shows those of the
// namespace of the thread.
func applySettings(settings []setting) error {
	for _, s := range settings {
		if isFreeBSD(s) {
			continue
		}
		path := filepath.Join("/proc/sys", filepath.Clean("/"+strings.ReplaceAll(s.name, ".", "/")))
		err := os.WriteFile(path, []byte(s.value), 0)
		if errors.Is(err, unix.EINVAL) || errors.Is(err, os.ErrNotExist) {
			return need(s.name + "=" + s.value) // which this kernel has not
		}
		if err != nil {
			return &commandError{err.Error()}
		}
	}
	return nil
}

// states is the state of every connection and listener of the namespace.
func (k *kernel) states() ([]fsm.State, error) {
	var states []fsm.State
	err := k.ns.do(func() error {
		rows, err := procTCP()
		for _, row := range rows {
			states = append(states, row.state)
		}
		return err
	})
	return states, err
}

// info is TCP_INFO of a descriptor. Of a connection without one only the state
// is known.
func (k *kernel) info(fd int, local, remote netip.AddrPort) (map[string]int64, error) {
	if fd >= 0 {
		if i, err := unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO); err == nil {
			return tcpInfoFields(i), nil
		}
	}
	fields := map[string]int64{"tcpi_state": linuxStates[fsm.Closed]}
	err := k.ns.do(func() error {
		rows, err := procTCP()
		for _, row := range rows {
			if row.local == local && row.remote == remote {
				fields["tcpi_state"] = linuxStates[row.state]
			}
		}
		return err
	})
	return fields, err
}
