package drill

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/netip"
	"os"
	"reflect"
	"runtime"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/lastack/lastack/fsm"
)

// A namespace is a network namespace with a thread that lives in it.
type namespace struct{ work chan func() }

// newNamespace makes a namespace. It goes with its last socket and device.
func newNamespace() (*namespace, error) {
	n := &namespace{work: make(chan func())}
	made := make(chan error)
	go func() {
		runtime.LockOSThread() // for ever: the thread ends with the goroutine
		err := unix.Unshare(unix.CLONE_NEWNET)
		made <- err
		if err != nil {
			return
		}
		for f := range n.work {
			f()
		}
	}()
	if err := <-made; err != nil {
		return nil, fmt.Errorf("make a network namespace: %w", err)
	}
	return n, nil
}

// do runs f on the thread in the namespace. Sockets, devices and processes that
// f makes belong there.
func (n *namespace) do(f func() error) (err error) {
	done := make(chan struct{})
	n.work <- func() {
		err = f()
		close(done)
	}
	<-done
	return err
}

func (n *namespace) close() { close(n.work) }

// A procRow is a line of /proc/net/tcp.
type procRow struct {
	local, remote netip.AddrPort
	state         fsm.State
}

// procTCP is the connections and listeners of the thread's namespace.
func procTCP() (rows []procRow, err error) {
	for _, file := range []string{"tcp", "tcp6"} {
		text, err := os.ReadFile("/proc/thread-self/net/" + file)
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(string(text)) {
			if row, ok := parseProcRow(strings.Fields(line)); ok {
				rows = append(rows, row)
			}
		}
	}
	return rows, nil
}

// parseProcRow reads a line; not ok: it is the heading.
func parseProcRow(words []string) (row procRow, ok bool) {
	if len(words) < 4 {
		return row, false
	}
	n, err := strconv.ParseInt(words[3], 16, 64)
	if err != nil {
		return row, false
	}
	for s, number := range linuxStates {
		if number == n || n == newSynRecv && fsm.State(s) == fsm.SynReceived {
			row.state = fsm.State(s)
		}
	}
	row.local, row.remote = procAddr(words[1]), procAddr(words[2])
	return row, true
}

// newSynRecv is TCP_NEW_SYN_RECV, which Linux has beside TCP_SYN_RECV.
const newSynRecv = 12

// procAddr reads "0100007F:1F90": words of 32 bits in the order of the machine,
// then the port.
func procAddr(text string) netip.AddrPort {
	words, port, _ := strings.Cut(text, ":")
	b, _ := hex.DecodeString(words)
	for i := 0; i+4 <= len(b); i += 4 {
		binary.NativeEndian.PutUint32(b[i:], binary.BigEndian.Uint32(b[i:]))
	}
	ip, _ := netip.AddrFromSlice(b)
	p, _ := strconv.ParseUint(port, 16, 16)
	return netip.AddrPortFrom(ip.Unmap(), uint16(p))
}

// tcpInfoFields is the fields of TCP_INFO by the names that scripts use.
func tcpInfoFields(info *unix.TCPInfo) map[string]int64 {
	fields := map[string]int64{}
	v := reflect.ValueOf(info).Elem()
	for i := range v.NumField() {
		name := "tcpi_" + strings.ToLower(v.Type().Field(i).Name)
		switch f := v.Field(i); {
		case f.CanUint():
			fields[name] = int64(f.Uint())
		case f.CanInt():
			fields[name] = f.Int()
		}
	}
	return fields
}
