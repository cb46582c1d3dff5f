package drill

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lastack/lastack/internal/diagram"
)

// established is a script up to ESTABLISHED, with descriptor 4.
const established = "`sysctl -q net.ipv4.tcp_timestamps=0 net.ipv4.tcp_sack=0 net.ipv4.tcp_window_scaling=0`" + `
0  socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 65535 <mss 1000>
+0 > S. 0:0(0) ack 1 <mss 1460>
+.1 < . 1:1(0) ack 1 win 65535
+0 accept(3, ..., ...) = 4
`

// The interpreter is able to fail: each kind of wrong expectation is found, and
// named.
func TestWrongExpectationsFail(t *testing.T) {
	for _, c := range []struct{ name, events, what, want, got string }{
		{"seq", "+0 write(4, ..., 10) = 10\n+0 > P. 2:12(10) ack 1", "sequence number", "2", "1"},
		{"ack", "+0 write(4, ..., 10) = 10\n+0 > P. 1:11(10) ack 2", "acknowledgment number", "2", "1"},
		{"push", "+0 write(4, ..., 10) = 10\n+0 > . 1:11(10) ack 1", "flags", ".", "P."},
		{"fin", "+0 write(4, ..., 10) = 10\n+0 > FP. 1:11(10) ack 1", "flags", "FP.", "P."},
		{"ece", "+0 < FE. 1:1(0) ack 1 win 100\n+0 > P. 1:1(0) ack 2", "flags", "P.", "."},
		{"length", "+0 write(4, ..., 10) = 10\n+0 > P. 1:10(9) ack 1", "payload length", "9", "10"},
		{"win", "+0 write(4, ..., 10) = 10\n+0 > P. 1:11(10) ack 1 win 7", "window", "7", "65535"},
		{"urgent pointer", "+0 send(4, ..., 10, MSG_OOB) = 10\n+0 > PU. 1:11(10) ack 1 urg 9", "urgent pointer", "9", "10"},
		{"option that is not there", "+0 write(4, ..., 10) = 10\n+0 > P. 1:11(10) ack 1 <nop,nop,TS val 1 ecr 1>", "options", "<nop,nop,TS val 1 ecr 1>", "<>"},
		{"too late", "+0 write(4, ..., 10) = 10\n+.1 > P. 1:11(10) ack 1", "time", "0.2", "0.100000"},
		{"too early", "+0 write(4, ..., 10) = 10\n+0 > P. 1:11(10) ack 1\n+.1 > P. 1:11(10) ack 1", "time", "0.2", "0.400000"},
		{"range", "+0 write(4, ..., 10) = 10\n+.1~+.2 > P. 1:11(10) ack 1", "time", "0.200000~0.300000", "0.100000"},
		{"missing", "+0 > . 1:1(0) ack 1", "packet", "this packet", "nothing"},
		{"extra", "+0 write(4, ..., 10) = 10\n+.1 < . 1:1(0) ack 11 win 100\n+0 close(4) = 0\n+0 > F. 11:11(0) ack 1", "flags", "F.", "P."},
		{"result", "+0 write(4, ..., 10) = 9", "result", "9", "10"},
		{"errno", "+0 write(9, ..., 10) = -1 EPIPE", "errno", "EPIPE", "EBADF"},
		{"errno instead of success", "+0 write(9, ..., 10) = 10", "result", "10", "-1 EBADF"},
		{"getsockopt", "+0 getsockopt(4, IPPROTO_TCP, TCP_MAXSEG, [999], [4]) = 0", "value", "999", "1000"},
		{"poll", "+0 poll([{fd=4, events=POLLIN|POLLOUT, revents=POLLIN}], 1, 0) = 1", "revents", "0x1", "0x4"},
		{"call that does not return", "+0 read(4, ..., 10) = 10", "call", "", "it has not returned"},
		{"call that returns early", "+0...0.5 read(4, ..., 10) = 10\n+.1 < P. 1:11(10) ack 1 win 100", "time of return", "0.6", "0.200000"},
		{"state", "+0 %{ assert tcpi_state == TCP_LISTEN }%", "assertion", "TCP_LISTEN", "tcpi_state = 1"},
		{"sockstat", "+0 `sockstat -4 -P tcp -s | grep -c TIME_WAIT | grep 1`", "command", "", "0 connections are in TIME_WAIT"},
		{"TTL", "+0 write(4, ..., 10) = 10\n+0 > [ttl 3] P. 1:11(10) ack 1", "TTL", "3", "64"},
		{"ECN field", "+0 write(4, ..., 10) = 10\n+0 > [ect0] P. 1:11(10) ack 1", "ECN field", "2", "0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := Run(Source{"test.pkt", established + c.events}, Options{})
			if r.Status != Failed {
				t.Fatalf("the script has %v (%v, %v), want failed", r.Status, r.Err, r.Needs)
			}
			f := r.Failure
			if f.What != c.what || !strings.Contains(f.Want, c.want) || !strings.Contains(f.Got, c.got) {
				t.Errorf("the failure is\n%v\nwant %s: expected %s, got %s", f, c.what, c.want, c.got)
			}
			if !strings.Contains(r.Text(diagram.Options{}), "SYN_RCVD") {
				t.Error("the report has no sequence diagram")
			}
		})
	}
}

// Options are compared in their order, with their padding.
func TestOptionsAreComparedInOrder(t *testing.T) {
	script := func(options string) string {
		return "`sysctl net.ipv4.tcp_sack=0`\n0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 bind(3, ..., ...) = 0\n+0 listen(3, 1) = 0\n" +
			"+0 < S 0:0(0) win 1 <mss 1000,nop,nop,TS val 7 ecr 0,nop,wscale 3>\n+0 > S. 0:0(0) ack 1 <" + options + ">\n"
	}
	for options, want := range map[string]Status{
		"mss 1460,nop,nop,TS val 9 ecr 7,nop,wscale 9": Passed,
		"mss 1460,nop,nop,TS val 9 ecr 1,nop,wscale 9": Passed, // the echo is not compared
		"...": Passed,
		"mss 1460,TS val 9 ecr 7,nop,nop,nop,wscale 9": Failed,
		"nop,wscale 9,mss 1460,nop,nop,TS val 9 ecr 7": Failed,
		"mss 1460,nop,nop,TS val 9 ecr 7,wscale 9,nop": Failed,
		"mss 1460,nop,nop,TS val 9 ecr 7,wscale 9,eol": Failed,
		"mss 1460,nop,nop,TS val 9 ecr 7,nop,wscale 6": Failed,
		"mss 1461,nop,nop,TS val 9 ecr 7,nop,wscale 9": Failed,
		"mss 1460,nop,nop,TS val 9 ecr 7":              Failed,
	} {
		if r := Run(Source{"test.pkt", script(options)}, Options{}); r.Status != want {
			t.Errorf("<%s> has %v (%v), want %v", options, r.Status, r.Failure, want)
		}
	}
}

// What is expected as one packet may come in several of equal size.
func TestSegmentsAreGathered(t *testing.T) {
	write := "+0 write(4, ..., 3000) = 3000\n"
	for events, want := range map[string]Status{
		"+0 > P. 1:3001(3000) ack 1":                                                             Passed,
		"+0 > . 1:2001(2000) ack 1\n+0 > P. 2001:3001(1000) ack 1":                               Passed,
		"+0 > . 1:1001(1000) ack 1\n+0 > . 1001:2001(1000) ack 1\n+0 > P. 2001:3001(1000) ack 1": Passed,
		"+0 > . 1:3001(3000) ack 1":                                                              Failed, // PSH is on the last
		"+0 > P. 1:3101(3100) ack 1":                                                             Failed,
		"+0 > P. 1:2901(2900) ack 1":                                                             Failed,
	} {
		if r := Run(Source{"test.pkt", established + write + events}, Options{}); r.Status != want {
			t.Errorf("%q has %v (%v), want %v", events, r.Status, r.Failure, want)
		}
	}
	r := Run(Source{"test.pkt", established + write + "+0 > P. 1:3001(3000) ack 1"}, Options{StrictSegments: true})
	if r.Status != Failed {
		t.Errorf("with strict segments the script has %v, want failed", r.Status)
	}
}

// Times are relative to the event before, absolute, ranges or nothing; two
// injected packets in a row count from when the first was due.
func TestTimes(t *testing.T) {
	for events, want := range map[string]Status{
		"* > . 1:1(0) ack 1": Failed, // nothing ever comes
		"+0 < P. 1:11(10) ack 1 win 9\n* > . 1:1(0) ack 11":       Passed,
		"+0 < P. 1:11(10) ack 1 win 9\n.14 > . 1:1(0) ack 11":     Passed,
		"+0 < P. 1:11(10) ack 1 win 9\n.13~.15 > . 1:1(0) ack 11": Passed,
		"+0 < P. 1:11(10) ack 1 win 9\n.18 > . 1:1(0) ack 11":     Failed,
		"0.05 < P. 1:11(10) ack 1 win 9":                          Broken, // time goes back
	} {
		if r := Run(Source{"test.pkt", established + events}, Options{}); r.Status != want {
			t.Errorf("%q has %v (%v, %v), want %v", events, r.Status, r.Failure, r.Err, want)
		}
	}
}

// The tolerance is 4 ms or an eighth of the time since the event before, or
// what the script says.
func TestTolerance(t *testing.T) {
	late := established + "+0 < P. 1:11(10) ack 1 win 9\n+.046 > . 1:1(0) ack 11" // it comes after 40 ms
	if r := Run(Source{"test.pkt", late}, Options{}); r.Status != Failed {
		t.Errorf("6 ms early has %v", r.Status)
	}
	if r := Run(Source{"test.pkt", "--tolerance_usecs=7000\n" + late}, Options{}); r.Status != Passed {
		t.Errorf("6 ms early with 7 ms has %v", r.Status)
	}
}

// What a script needs and is not there is told, and no verdict is given.
func TestUnsupported(t *testing.T) {
	for events, needs := range map[string]string{
		"+0 > . 1:1(0) ack 1 <ECN e0b 1 ceb 0 e1b 1>":              "the AccECN option (RFC 9768)",
		"+0 > S 0:0(0) <FOEXP>":                                    "fast open's experimental option (RFC 6994)",
		"+0 %{ assert tcpi_probes == 0 }%":                         "the field tcpi_probes",
		"+0 %{ import os }%":                                       `Python in "import os"`,
		"+0 `tc qdisc add dev tun0 root netem`":                    "the command \"tc qdisc add dev tun0 root netem\"",
		"+0 `sysctl -q net.ipv4.tcp_mtu_probing=3`":                "net.ipv4.tcp_mtu_probing=3",
		"+0 setsockopt(4, SOL_TCP, TCP_QUICKACK, [1], 4) = 0":      "the socket option TCP_QUICKACK",
		"+0 send(4, ..., 10, MSG_EOR|MSG_NOSIGNAL) = 10":           "send with MSG_EOR",
		"+0 pipe([5, 6]) = 0":                                      "the system call pipe",
		"+0 < ipv4 1.2.3.4 > 5.6.7.8: . 1:1(0) ack 1 win 5":        "encapsulation",
		"+0 < . 1:1(0) ack 1 win 5 /udp(9899 > 9899)":              "TCP in UDP",
		"+0 setsockopt(4, SOL_TCP, TCP_MAXSEG, [600], 4) = 0":      "this socket option to be set after the connection has begun",
		"+0 > . 1:1(0) ack 1 <md5 valid>":                          "TCP MD5 (RFC 2385); digests to be computed (RFC 2385)",
		"+0 `../common/defaults.sh\nsysctl -q net.ipv4.tcp_ecn=0`": "the settings of ../common/defaults.sh",
	} {
		r := Run(Source{"test.pkt", established + events}, Options{})
		if r.Status != Unsupported || strings.Join(r.Needs, "; ") != needs {
			t.Errorf("%q has %v, needs %q (%v, %v); want %q", events, r.Status, r.Needs, r.Failure, r.Err, needs)
		}
	}
}

// A file of settings that a script runs first is read, not run: its settings
// count, and what else it does has to be without effect here.
func TestFilesOfSettings(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"defaults.sh": "#!/bin/bash\nset -e\nsysctl -q net.ipv4.tcp_timestamps=0 \\\n  net.ipv4.tcp_sack=0 > /dev/null 2>&1\n" +
			"sysctl -q net.ipv4.tcp_rmem=\"4096 $((2 * 65536)) $((15*1024*1024))\" net.ipv4.tcp_slow_start_after_idle=0\n" +
			"sysctl -q net.ipv4.tcp_window_scaling=0 && tc qdisc add dev tun0 root pfifo\nip tcp_metrics flush all > /dev/null\n",
		"other.sh": "reboot\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	_, events, _ := strings.Cut(established, "\n") // without settings of its own, which turn the options off
	events = strings.Replace(events, "<mss 1000>", "<mss 1000,sackOK>", 1)
	path := filepath.Join(dir, "test.pkt")
	if r := Run(Source{path, "`./defaults.sh`\n" + events}, Options{}); r.Status != Passed {
		t.Errorf("with the settings it has %v (%v, %v, %v)", r.Status, r.Failure, r.Needs, r.Err)
	}
	if r := Run(Source{path, "`./other.sh`\n" + events}, Options{}); r.Status != Unsupported {
		t.Errorf("with a file that does more it has %v", r.Status)
	}
	if r := Run(Source{path, events}, Options{}); r.Status != Failed {
		t.Errorf("without the settings it has %v, so they show nothing", r.Status)
	}
}

// What is wrong with a script itself is told with its place.
func TestBrokenScripts(t *testing.T) {
	for events, msg := range map[string]string{
		"+0 frob(4) = 0":                                  `test.pkt:9:1: there is no system call "frob"`,
		"+0 write(4, ..., 10, 3) = 10":                    "test.pkt:9:22: write takes 3 arguments, here are 4",
		"+0 write(4, ...) = 10":                           "test.pkt:9:1: write needs another argument after the 2 that are here",
		"+0 write(4, \"abc\", 10) = 10":                   "test.pkt:9:13: expected a buffer: ... or NULL, found \"abc\"",
		"+0 shutdown(4, SHUT_ALL) = 0":                    "test.pkt:9:16: no constant is called SHUT_ALL",
		"+0 < . 1:1(0) ack 1 win 5 <TS val 1 ecr 77>":     "test.pkt:9:1: timestamp echo 77",
		"+0 < icmp unreachable moon_unreachable [1:1(0)]": "test.pkt:9:1: there is no code \"moon_unreachable\"",
	} {
		r := Run(Source{"test.pkt", established + events}, Options{})
		if r.Status != Broken || !strings.Contains(r.Err.Error(), msg) {
			t.Errorf("%q has %v, %v; want %s", events, r.Status, r.Err, msg)
		}
	}
	r := Run(Source{"test.pkt", "--frobnicate=1\n" + established}, Options{})
	if r.Status != Broken || r.Err.Error() != "test.pkt:1:1: there is no option --frobnicate" {
		t.Errorf("an unknown option has %v, %v", r.Status, r.Err)
	}
}

// A socket without a connection has a state as well, and errors are numbers.
func TestSocketsWithoutConnections(t *testing.T) {
	r := Run(Source{"test.pkt", `
0  socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 %{ assert tcpi_state == TCP_CLOSE }%
+0 getsockopt(3, SOL_SOCKET, SO_ERROR, [0], [4]) = 0
+0 setsockopt(3, IPPROTO_TCP, TCP_CONGESTION, "reno", 4) = 0
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 %{ assert tcpi_state == TCP_LISTEN }%
+0 socket(..., SOCK_STREAM|SOCK_NONBLOCK, IPPROTO_TCP) = 5
+0 connect(5, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <...>
+0 < R. 0:0(0) ack 1 win 0
+0 getsockopt(5, SOL_SOCKET, SO_ERROR, [ECONNREFUSED], [4]) = 0
`}, Options{})
	if r.Status != Passed {
		t.Errorf("%v: %v %v %v", r.Status, r.Failure, r.Err, r.Needs)
	}
}

// The congestion control is chosen by name for the system, for a socket, and for
// a connection, which goes on with its window.
func TestCongestionControlIsChosen(t *testing.T) {
	established := strings.Replace(established, "`\n", " net.ipv4.tcp_congestion_control=reno`\n", 1)
	after := "+0 setsockopt(4, IPPROTO_TCP, TCP_CONGESTION, \"bbr\", 3) = 0\n+0 %{ assert tcpi_snd_cwnd == 10 }%\n"
	r := Run(Source{"test.pkt", established + after}, Options{})
	if r.Status != Passed {
		t.Errorf("%v: %v %v %v", r.Status, r.Failure, r.Err, r.Needs)
	}
	for _, line := range []string{
		"+0 setsockopt(4, IPPROTO_TCP, TCP_CONGESTION, \"vegas\", 5) = 0",
		"+0 `sysctl net.ipv4.tcp_congestion_control=vegas`",
		"+0 `sysctl net.ipv4.tcp_congestion_control=bbr`", // the connection has begun
	} {
		if r := Run(Source{"test.pkt", established + line + "\n"}, Options{}); r.Status != Unsupported {
			t.Errorf("%s: %v, want unsupported", line, r.Status)
		}
	}
}

// Injected data larger than --mss are several segments that come as one: there is
// one acknowledgment.
func TestInjectedDataStayWhole(t *testing.T) {
	r := Run(Source{"test.pkt", "--mss=1000\n" + established + "+0 < P. 1:3001(3000) ack 1 win 9\n+0 > . 1:1(0) ack 3001\n"}, Options{})
	if r.Status != Passed {
		t.Errorf("%v %v\n%s", r.Failure, r.Err, r.Diagram(diagram.Options{}))
	}
}

// Numbers of segments with SYN are absolute; those of others count from the first
// SYN of their sender, as packetdrill has it.
func TestNumbersCountFromTheFirstSYN(t *testing.T) {
	for script, want := range map[string]Status{
		"`sysctl -q net.ipv4.tcp_timestamps=0 net.ipv4.tcp_window_scaling=0`" + `
0  socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 500:500(0) win 65535 <mss 1000,sackOK>
+0 > S. 900:900(0) ack 501 <mss 1460,nop,nop,sackOK>
+.1 < . 1:1(0) ack 1 win 65535
+0 accept(3, ..., ...) = 4
+0 < P. 11:21(10) ack 1 win 65535
+0 > . 1:1(0) ack 1 <nop,nop,sack 11:21>
+0 write(4, ..., 10) = 10
+0 > P. 1:11(10) ack 1 <nop,nop,sack 11:21>
+0 < icmp unreachable port_unreachable [1:11(10)]
+.1 < R 1:1(0) win 0
+0 write(4, ..., 10) = -1 ECONNRESET
`: Passed,
		"`sysctl -q net.ipv4.tcp_timestamps=0 net.ipv4.tcp_window_scaling=0 net.ipv4.tcp_sack=0`" + `
0  socket(..., SOCK_STREAM|SOCK_NONBLOCK, IPPROTO_TCP) = 3
+0 connect(3, ..., ...) = -1 EINPROGRESS
+0 > S 900:900(0) <mss 1460>
+.1 < S. 123:123(0) ack 901 win 65535 <mss 1000>
+0 > . 1:1(0) ack 1
+0 write(3, ..., 10) = 10
+0 > P. 1:11(10) ack 124
`: Failed,
	} {
		if r := Run(Source{"test.pkt", script}, Options{}); r.Status != want {
			t.Errorf("%v (%v, %v), want %v:\n%s", r.Status, r.Failure, r.Err, want, script)
		}
	}
}

// freeBSD is a script for FreeBSD: its options are in another order and padded
// differently, and its buffers are whole segments.
const freeBSD = "0 `sysctl -w kern.ipc.maxsockbuf=2097152`" + `
+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 getsockopt(3, SOL_SOCKET, SO_RCVBUF, [65536], [4]) = 0
+0 connect(3, ..., ...) = -1 EINPROGRESS
+0 > S 0:0(0) <mss 1460,nop,wscale 6,sackOK,TS val ... ecr 0>
+0 < S. 0:0(0) ack 1 win 100 <mss 1460,sackOK,eol,eol>
+0 > . 1:1(0) ack 1 win 65535
+0 getsockopt(3, SOL_SOCKET, SO_RCVBUF, [65700], [4]) = 0
`

// A script that sets something of FreeBSD may have options in any order, but not
// others.
func TestScriptsForFreeBSD(t *testing.T) {
	for script, want := range map[string]Status{
		freeBSD: Passed,
		strings.Replace(freeBSD, "wscale 6", "wscale 7", 1):                                Failed,
		strings.Replace(freeBSD, ",sackOK,TS", ",TS", 1):                                   Failed,
		strings.Replace(freeBSD, "kern.ipc.maxsockbuf", "net.ipv4.tcp_no_metrics_save", 1): Failed,
	} {
		if r := Run(Source{"test.pkt", script}, Options{}); r.Status != want {
			t.Errorf("%v (%v, %v), want %v:\n%s", r.Status, r.Failure, r.Err, want, script)
		}
	}
}

// A buffer is the interpreter's, or it is NULL, which no call can use.
func TestBuffersMayBeNull(t *testing.T) {
	const calls = "+0 write(4, NULL, 10) = -1 EFAULT (Bad address)\n+0 sendto(4, NULL, 10, 0, ..., ...) = -1 EFAULT (Bad address)\n" +
		"+0 < P. 1:11(10) ack 1 win 100\n+0 read(4, NULL, 10) = -1 EFAULT (Bad address)\n+0 recv(4, ..., 10, 0) = 10\n"
	if r := Run(Source{"test.pkt", established + calls}, Options{}); r.Status != Passed {
		t.Errorf("%v (%v, %v), want passed", r.Status, r.Failure, r.Err)
	}
}

// --dry_run reads the script, and no more.
func TestDryRun(t *testing.T) {
	if r := Run(Source{"test.pkt", "--dry_run\n" + established + "+0 > . 7:7(0) ack 1\n"}, Options{}); r.Status != Passed {
		t.Errorf("%v, want passed", r.Status)
	}
	if r := Run(Source{"test.pkt", "--dry_run\n" + established + "+0 > . 7:8(0) ack 1\n"}, Options{}); r.Status != Broken {
		t.Errorf("%v, want broken", r.Status)
	}
}

// Echoes of timestamps are mapped to what was really sent.
func TestTimestampsAreMapped(t *testing.T) {
	r := Run(Source{"test.pkt", "`sysctl net.ipv4.tcp_sack=0 net.ipv4.tcp_window_scaling=0`" + `
0  socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 65535 <mss 1000,nop,nop,TS val 5 ecr 0>
+0 > S. 0:0(0) ack 1 <mss 1460,nop,nop,TS val 77 ecr 5>
+.25 < . 1:1(0) ack 1 win 65535 <nop,nop,TS val 6 ecr 77>
+0 accept(3, ..., ...) = 4
+0 %{ assert tcpi_rtt == 250000 }%
`}, Options{})
	if r.Status != Passed {
		t.Errorf("%v: %v", r.Status, r.Failure)
	}
}
