//go:build linux

package interop

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lastack/lastack/link"
	"github.com/lastack/lastack/link/tap"
)

// A capture is a file of packets that tshark reads.
type capture struct {
	t    *testing.T
	file string
}

// find is the packets that match a display filter, with what tshark has to say
// about each.
func (c capture) find(k *kernel, filter string, more ...string) (found []string) {
	c.t.Helper()
	text := k.run("tshark", append(more, "-n", "-r", c.file,
		"-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE",
		"-Y", filter, "-T", "fields",
		"-e", "frame.number", "-e", "_ws.col.Info", "-e", "_ws.expert.message")...)
	for line := range strings.Lines(text) {
		found = append(found, strings.TrimSpace(line))
	}
	return found
}

// none fails the test if packets match a filter.
func (c capture) none(k *kernel, what, filter string) {
	c.t.Helper()
	// The payload is anything, not what is usual at some port.
	if found := c.find(k, filter, "-d", "tcp.port==1-65535,data"); len(found) > 0 {
		c.t.Errorf("%s: %d packets, the first is %s", what, len(found), found[0])
	}
}

// flawless checks what must hold of any capture.
func (c capture) flawless(k *kernel) {
	c.t.Helper()
	c.none(k, "malformed", "_ws.malformed")
	c.none(k, "IPv4 checksum not verified", `ip && !(ip.checksum.status == "Good")`)
	c.none(k, "TCP checksum not verified", `tcp && !(tcp.checksum.status == "Good")`)
	c.none(k, "a violation of the protocol", `_ws.expert.severity == "Error"`)
	c.none(k, "what nobody has sent is acknowledged", "tcp.analysis.ack_lost_segment")
}

// The kernel's packets are checked like ours: on a plain TUN device it fills in
// the checksums itself.
func TestTsharkFindsNothingWrong(t *testing.T) {
	needTool(t, "tshark", "tshark")
	c := capture{t, filepath.Join(t.TempDir(), "capture.pcapng")}
	file, err := os.Create(c.file)
	must(t, err)
	with := small
	with.wrap = func(l link.Link) link.Link {
		tapped, err := tap.New(l, file)
		must(t, err)
		return tapped
	}
	l := newLab(t, with)
	l.mixedTraffic()
	l.host, l.ours = host6.Addr(), ours6.Addr()
	l.mixedTraffic()
	l.states("TIME-WAIT", "TIME-WAIT") // what the kernel has closed first
	must(t, l.stack.Close())
	must(t, file.Close())

	c.flawless(l.kernel)
	for what, filter := range map[string]string{
		"SYN over IPv4":            "ip && tcp.flags.syn == 1 && tcp.flags.ack == 0",
		"SYN over IPv6":            "ipv6 && tcp.flags.syn == 1 && tcp.flags.ack == 0",
		"full segments":            "tcp.len > 1400",
		"resets":                   "tcp.flags.reset == 1",
		"FINs":                     "tcp.flags.fin == 1",
		"timestamps":               "tcp.options.timestamp.tsval",
		"packets of the kernel":    "ip.src == " + host4.Addr().String(),
		"packets of the stack":     "ip.src == " + ours4.Addr().String(),
		"windows that are closed":  "tcp.window_size == 0 && tcp.flags.reset == 0",
		"checksums found to be ok": `tcp.checksum.status == "Good"`,
	} {
		if len(c.find(l.kernel, filter)) == 0 {
			t.Errorf("the capture has no %s, so it proves little", what)
		}
	}
}

// mixedTraffic is connections of every kind.
func (l *lab) mixedTraffic() {
	data := noise(1 << 20)
	ln := l.listenHere(80)
	for _, kind := range []func(ours, theirs end){
		func(ours, theirs end) { // data both ways, closed by lastack
			transfer(l.t, ours, theirs, data)
			transfer(l.t, theirs, ours, data)
		},
		func(ours, theirs end) { // closed by the kernel
			exchange(l.t, ours, theirs)
			must(l.t, theirs.Close())
			wantEOF(l.t, ours)
		},
		func(ours, theirs end) { // aborted by lastack
			must(l.t, firstOf(ours.SetLinger(0), ours.Close()))
		},
		func(ours, theirs end) { // aborted by the kernel
			must(l.t, firstOf(theirs.SetLinger(0), theirs.Close()))
		},
	} {
		theirs, err := l.dial(noLocal, at(l.ours, 80))
		must(l.t, err)
		ours := l.acceptHere(ln)
		kind(ours, theirs)
		_, _ = ours.Close(), theirs.Close() // some are closed already
	}
	must(l.t, ln.Close())
	if _, err := l.dial(noLocal, at(l.ours, 80)); err == nil {
		l.t.Error("a port that is closed is not refused")
	}
	if _, err := l.dialHere(at(l.host, 81)); err == nil {
		l.t.Error("a port that is closed is not refused by the kernel")
	}
}

// What the command records is as good.
func TestTsharkReadsWhatServeRecords(t *testing.T) {
	needTool(t, "tshark", "tshark")
	needTool(t, "curl", "curl")
	c := capture{t, filepath.Join(t.TempDir(), "serve.pcapng")}
	k := newKernel(t)
	p := k.serve("--pcap", c.file, "--trace", c.file+".jsonl", "http:80="+folder(t, "file", noise(2<<20)))
	k.run("curl", "--silent", "--fail", "--output", os.DevNull, url(ours4.Addr(), "file"))
	k.run("curl", "--silent", "--fail", "--output", os.DevNull, url(ours6.Addr(), "file"))
	p.interrupt()
	p.status(0)
	c.flawless(k)
	if n := len(c.find(k, `http.response.code == 200`)); n != 2 {
		t.Errorf("tshark sees %d answers of the server, want 2", n)
	}
	wantTrace(t, c.file+".jsonl")
}
