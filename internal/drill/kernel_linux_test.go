package drill

import (
	"os"
	"testing"

	"github.com/lastack/lastack/internal/diagram"
)

// kernelScripts are a handful that take little time: the whole corpus takes
// over a minute, for the kernel's time is real.
var kernelScripts = []string{
	"figures/fig06-basic-handshake-a.pkt", "figures/fig06-basic-handshake-b.pkt", "figures/fig07-simultaneous-open.pkt",
	"figures/fig12-normal-close-a.pkt", "figures/fig12-normal-close-b.pkt", "connect/refused-blocking.pkt", "connect/mss-ipv6.pkt",
	"calls/poll.pkt", "timestamps/negotiated.pkt", "pmtu/smaller-segments.pkt", "retransmission/timeout.pkt", "reset/close-wait.pkt",
	"connect/syn-with-data.pkt",
}

// The interpreter's verdict on the kernel is that the kernel is right, except
// where linux.tsv says otherwise.
func TestKernel(t *testing.T) {
	needKernel(t)
	byName := map[string]Source{}
	for _, src := range Builtin() {
		byName[src.Name] = src
	}
	var sources []Source
	for _, name := range kernelScripts {
		if _, ok := byName[name]; !ok {
			t.Errorf("there is no script %s", name)
		}
		sources = append(sources, byName[name])
	}
	for _, r := range RunAll(sources, Options{Kernel: true}, 2, nil) {
		known := deviationOf(Deviations(), r.Name) != ""
		switch {
		case r.Status == Deviates && known, r.Status == Passed && !known:
		case r.Status == Passed:
			t.Errorf("%s passes, though linux.tsv says that it deviates", r.Name)
		default:
			t.Error(r.Text(diagram.Options{}))
		}
	}
}

// A wrong expectation fails with the kernel too. The tolerance is wide, so that
// a busy machine does not make it fail elsewhere.
func TestKernelCanFail(t *testing.T) {
	needKernel(t)
	for events, what := range map[string]string{
		"+0 write(4, ..., 10) = 10\n+0 > P. 2:12(10) ack 1": "sequence number",
		"+0 write(4, ..., 10) = 9":                          "result",
		"+0 %{ assert tcpi_state == TCP_LISTEN }%":          "assertion",
		"+0 `false`": "command",
	} {
		r := Run(Source{"test.pkt", established + events}, Options{Kernel: true, Widen: 8})
		if r.Status != Failed || r.Failure.What != what {
			t.Errorf("%q has %v, %v (%v); want a failure of the %s", events, r.Status, r.Failure, r.Err, what)
		}
	}
}

func needKernel(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("the kernel target needs root")
	}
	if _, err := os.Stat("/dev/net/tun"); err != nil {
		t.Skip("the kernel target needs /dev/net/tun")
	}
}
