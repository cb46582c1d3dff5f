//go:build linux

package interop

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// With the addresses that they choose themselves, two commands of one host
// reach each other through the host.
func TestNcReachesServeThroughTheHost(t *testing.T) {
	k := newKernel(t)
	k.run("sysctl", "-qw", "net.ipv4.ip_forward=1")
	serve := k.lastackAs("", "serve", "echo:7")
	serve.wait(&serve.stdout, "Ctrl-C ends it.")
	nc := k.lastackAs("from the one to the other", "nc", "10.99.0.2", "7")
	nc.status(0)
	nc.wait(&nc.stdout, "from the one to the other")
	serve.interrupt()
	serve.status(0)
}

func TestSecondServeDoesNotTakeTheSameNetwork(t *testing.T) {
	k := newKernel(t)
	first := k.lastackAs("", "serve", "echo:7")
	first.wait(&first.stdout, "Ctrl-C ends it.")
	second := k.lastackAs("", "serve", "echo:7")
	second.status(1)
	second.wait(&second.stderr, "the device last0 of this host is in the network 10.99.0.0/24 already")
	second.wait(&second.stderr, "such as --host 10.97.0.1/24 --addr 10.97.0.2/24")
	first.interrupt()
	first.status(0)
}

// Whoever waits on a device that is removed is told, at once.
func TestRemovedDeviceEndsTheCommand(t *testing.T) {
	for _, command := range [][]string{{"serve", "echo:7"}, {"nc", "-v", "-l", "7"}} {
		for _, connected := range []bool{false, true} {
			k := newKernel(t)
			p := k.lastack("", command[0], command[1:]...)
			printed := map[string]*printed{"serve": &p.stdout, "nc": &p.stderr}[command[0]]
			p.wait(printed, "CLOSED      -> LISTEN")
			if connected {
				k.mustDial(ours4, 7)
				p.wait(printed, "SYN_RCVD    -> ESTABLISHED")
			}
			k.run("ip", "link", "delete", "last0")
			p.status(1)
			p.wait(&p.stderr, "lastack: tun: receive on last0: the device was removed")
			if n := strings.Count(p.stderr.String(), "lastack: "); n != 1 {
				t.Errorf("%d complaints: %s", n, p.stderr.String())
			}
		}
	}
}

// A terminal that is closed ends the command in order, with its files whole.
func TestHangupEndsServeInOrder(t *testing.T) {
	k := newKernel(t)
	dir := t.TempDir()
	events, packets := filepath.Join(dir, "events"), filepath.Join(dir, "packets")
	p := k.serve("--trace", events, "--pcap", packets, "echo:7")
	c := k.mustDial(ours4, 7)
	p.wait(&p.stdout, "SYN_RCVD    -> ESTABLISHED")
	p.signal(syscall.SIGHUP)
	wantEOF(t, c)
	must(t, c.Close())
	p.status(0)
	p.wait(&p.stdout, "1 connection, 0 broken off")
	for _, file := range []string{events, packets} {
		if info, err := os.Stat(file); err != nil || info.Size() == 0 {
			t.Errorf("%s is empty, %v", file, err)
		}
	}
}

func TestRefusedSYNIsShown(t *testing.T) {
	k := newKernel(t)
	p := k.serve("echo:7")
	if _, err := k.dial(noLocal, at(ours4.Addr(), 8)); err == nil {
		t.Fatal("nobody listens, but there is a connection")
	}
	p.wait(&p.stdout, "CLOSED: SYN refused, nobody listens at the port")
	p.wait(&p.stdout, " *:7 ")
	p.interrupt()
	p.status(0)
}
