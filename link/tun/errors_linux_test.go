package tun

import (
	"errors"
	"net"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/lastack/lastack/link"
)

func TestSendReportsWhatTheKernelRefuses(t *testing.T) {
	inNamespace(t, func() {
		d, pkts := open(t, dual)
		if d == nil {
			return
		}
		defer closeDevice(t, d)
		p := pairs[0]
		good := echo{p.ours, p.kernel, p.request, "after the bad ones"}
		err := d.Send([][]byte{make([]byte, 1401), {0}, good.packet()})
		if !errors.Is(err, link.ErrTooLong) {
			t.Errorf("error %v, want %v", err, link.ErrTooLong)
		}
		wantEcho(t, pkts, echo{p.kernel, p.ours, p.reply, "after the bad ones"})
		if s := d.Stats(); s.Sent != 2 || s.Dropped != 1 {
			t.Errorf("stats %+v, want 2 sent, 1 of them dropped", s)
		}
		if err := d.Send([][]byte{{0}}); !errors.Is(err, unix.EINVAL) {
			t.Errorf("error %v, want %v", err, unix.EINVAL)
		}
	})
}

func TestTakenNameIsReported(t *testing.T) {
	inNamespace(t, func() {
		for _, name := range []string{"lo", "last0"} {
			d, err := Open(Config{Name: "last0"})
			if err != nil {
				t.Error(err)
				return
			}
			_, err = Open(Config{Name: name})
			if !errors.Is(err, unix.EBUSY) || !strings.Contains(err.Error(), "is taken") {
				t.Errorf("%s: error %v, want %v", name, err, unix.EBUSY)
			}
			if advises := strings.Contains(err.Error(), "ip link delete"); advises != (name == "last0") {
				t.Errorf("%s: error %v; it is to be removed: %t", name, err, advises)
			}
			closeDevice(t, d)
		}
	})
}

func TestFailedSetupLeavesNoDevice(t *testing.T) {
	inNamespace(t, func() {
		_, err := Open(Config{Name: "last0", Host: prefixes("10.99.0.1/24", "10.99.0.1/24")})
		if !errors.Is(err, unix.EEXIST) || !strings.Contains(err.Error(), "add address 10.99.0.1/24") {
			t.Errorf("error %v, want %v", err, unix.EEXIST)
		}
		if _, err := net.InterfaceByName("last0"); err == nil {
			t.Error("the device is still there")
		}
	})
}

func TestSwitchedOffIPv6IsExplained(t *testing.T) {
	inNamespace(t, func() {
		// The file stands for the namespace of the thread that opens it.
		if err := os.WriteFile("/proc/sys/net/ipv6/conf/default/disable_ipv6", []byte("1"), 0); err != nil {
			t.Error(err)
			return
		}
		_, err := Open(dual)
		if err == nil || !strings.Contains(err.Error(), "ipv6 is switched off") {
			t.Errorf("error %v, want one that names the switch", err)
		}
	})
}

func TestErrorsSayWhatToDo(t *testing.T) {
	for _, c := range []struct {
		err  error
		is   error
		want string
	}{
		{explainOpen(unix.EACCES), os.ErrPermission, "the permissions of /dev/net/tun"},
		{explainOpen(unix.EPERM), os.ErrPermission, "--device /dev/net/tun"},
		{explainOpen(unix.ENOENT), os.ErrNotExist, "modprobe tun"},
		{explainOpen(unix.EMFILE), unix.EMFILE, "open /dev/net/tun"},
		{explainCreate("x", unix.EPERM), os.ErrPermission, "CAP_NET_ADMIN"},
		{explainCreate("x", unix.EBUSY), unix.EBUSY, "choose another"},
		{explainCreate("a/b", unix.EINVAL), unix.EINVAL, "is no name"},
		{explainIPv6(dual.Host[1], unix.EACCES), unix.EACCES, "disable_ipv6=0"},
	} {
		if !errors.Is(c.err, c.is) || !strings.Contains(c.err.Error(), c.want) {
			t.Errorf("error %q, want one with %q that matches %v", c.err, c.want, c.is)
		}
	}
}
