package script

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Every form of the language, and how it is written again.
func TestForms(t *testing.T) {
	for _, c := range [][2]string{
		{"0 < S 0:0(0) win 32792 <mss 1000,sackOK,nop,nop,nop,wscale 7>", ""},
		{"0 > S. 0:0(0) ack 1 <...>", ""},
		{"0 < . 1:1(0) ack 1 win 257", ""},
		{"0.1 < . 1:1(0) ack 1 win 257", ""},
		{"0~0.25 > - 1:1(0)", ""},
		{"+0~+0.25 > R 1:1(0)", ""},
		{"* > FPU. 1:11(10) ack 1 win 5 urg 10", ""},
		{"+.5 > F.  1:11(10)  ack 1", "+0.5 > F. 1:11(10) ack 1"},
		{"+0 > [noecn] SEWA 0:0(0) <mss 1460,sackOK,TS val 100 ecr 0,nop,wscale 8>", ""},
		{"+0 > [ect0] .5 1:1(0) ack 1 <ECN e1b 1 ceb 0 e0b 1,nop>", ""},
		{"+0 < [ce] P.7 1:2(1) ack 1 win 9 <ECN e0b 1 ceb 2>", ""},
		{"+0 < (tos 0x1f) . 1:1(0) ack 1 win 9", "+0 < [tos 0x1f] . 1:1(0) ack 1 win 9"},
		{"+0 < [dscp 10, hlim 7] . 1:1(0) ack 1 win 9", "+0 < [dscp 0x0a, ttl 7] . 1:1(0) ack 1 win 9"},
		{"+0 > [ect01,flowlabel 0xabc] . 1:1(0) ack 1", "+0 > [ect01, flowlabel 0xabc] . 1:1(0) ack 1"},
		{"+0 < 40000 > 8080 S 0:0(0) win 9", ""},
		{"+0 < . 1:1(0) ack 1 win 9 <nop,nop,sack 1:2 3:4>", ""},
		{"+0 < S 0:10(10) win 9 <mss 1460,FO abcd1234,nop,nop>", ""},
		{"+0 < S 0:0(0) win 9 <FO>", ""},
		{"+0 < S 0:0(0) win 9 <FOEXP 0123456789abcdef,eol>", ""},
		{"+0 < S 0:0(0) win 9 <FO 12345678,nop,nop>", ""},
		{"+0 < S 0:0(0) win 9 <md5 00112233445566778899aabbccddeeff>", ""},
		{"+0 > R. ...(0) ack 1", ""},
		{"+0 > R. 0:0(0)! ack 1", ""},
		{"+0 > . 1:1(0) ack 1 <TS val 1 ecr 2!>", ""},
		{"+0 < . 1:1(0) ack 1 win 9 /udp(9899 > 9900)", ""},
		{"+0 < icmp unreachable frag_needed mtu 1400 [1:1461(1460)]", ""},
		{"+0 <icmp unreachable net_unreachable [0:0(0)]", "+0 < icmp unreachable net_unreachable [0:0(0)]"},
		{"+0 < icmp packet_too_big mtu 1280", ""},
		{"+0 < icmp time_exceeded", ""},
		{"+0 < icmp echo_request id 7 [udp(8)]", ""},
		{"+0 < [3:5(2)] icmp unreachable port_unreachable", "+0 < icmp unreachable port_unreachable [3:5(2)]"},
		{"+0 < [ttl 9] icmp type_3 code_13 [1:1(0)]", ""},
		{"+0 > [dscp EF, ecn ect1] . 1:1(0) ack 1", "+0 > [ect1, dscp 0x2e] . 1:1(0) ack 1"},
		{"+0 > . 1:1(0) ack 1 <nop,nop,TS val ... ecr 2>", ""},
		{"+0 > S 0:0(0) <md5 valid,nop,nop>", ""},
		{"+0 < S 0:0(0) win 9 <md5 invalid>", ""},
		{"+0 < S 0:0(0) win 9 <FO 01234567890123456789012345678901,nop,nop>", ""},
		{"+0 < udp (100)", ""},
		{"+0 > udp 53 > 4000 (100)", ""},
		{"+0 < ipv4 192.0.2.1 > 192.0.2.2: . 1:1(0) ack 1 win 9", ""},
		{"+0 < ipv6 fd00::1 > fd00::2: gre: . 1:1(0) ack 1 win 9", ""},
		{"+0 < mpls (label 0,tc 0,[S],ttl 0): . 1:1(0) ack 1 win 9", "+0 < mpls ( label 0 , tc 0 , [ S ] , ttl 0 ): . 1:1(0) ack 1 win 9"},
		{"+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3", ""},
		{"+0...0.200 accept(3, ..., ...) = 4", "+0 ...0.2 accept(3, ..., ...) = 4"},
		{"+.002 ... 0.052 connect(4, ..., ...) = 0", "+0.002 ...0.052 connect(4, ..., ...) = 0"},
		{"+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)", ""},
		{"+0 fcntl(3, F_GETFL) = 0x2 (flags O_RDWR)", ""},
		{"+0 fcntl(3, F_SETFL, O_RDWR | O_NONBLOCK) = 0", "+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0"},
		{"+0 setsockopt(3, SOL_SOCKET, SO_LINGER, {onoff=1, linger=0}, 8) = 0", ""},
		{"+0 setsockopt(3, IPPROTO_TCP, TCP_CONGESTION, \"reno\", 4) = 0", ""},
		{"+0 poll([{fd=4, events=POLLIN|POLLOUT, revents=POLLOUT}], 1, 0) = 1", ""},
		{
			"+0 sendmsg(4, {msg_name(...)=..., msg_iov(2)=[{..., 600}, {...,400}], msg_flags=0}, MSG_DONTWAIT) = 1000",
			"+0 sendmsg(4, {msg_name(...)=..., msg_iov(2)=[{..., 600}, {..., 400}], msg_flags=0}, MSG_DONTWAIT) = 1000",
		},
		{
			"+0 connect(3, {sa_family = AF_INET, sin_port = htons(8080), sin_addr = inet_addr(\"192.0.2.1\")}, ...) = 0",
			"+0 connect(3, {sa_family=AF_INET, sin_port=htons(8080), sin_addr=inet_addr(\"192.0.2.1\")}, ...) = 0",
		},
		{"+0 epoll_ctl(5, EPOLL_CTL_ADD, 4, {events=EPOLLOUT|EPOLLET, fd=4}) = 0", ""},
		{"+0 read(4, \"abc\" \"def\", 100) = 6", "+0 read(4, \"abcdef\", 100) = 6"},
		{"+0 read(4, \"abc\"..., 100) = 6", ""},
		{"+0 `sysctl -q \\\n  a=b`", "+0 `sysctl -q \\\n  a=b`"},
		{"+0 %{ assert tcpi_snd_cwnd == 10 }%", ""},
	} {
		src, want := "0 `true`\n"+c[0], c[1]
		if want == "" {
			want = c[0]
		}
		s, err := Parse("x", src, nil)
		if err != nil {
			t.Errorf("%s: %v", c[0], err)
			continue
		}
		if len(s.Events) != 2 {
			t.Errorf("%s: is %d events", c[0], len(s.Events)-1)
			continue
		}
		got := s.Events[1].String()
		if got != want {
			t.Errorf("%s\nis written %s\nwant       %s", c[0], got, want)
		}
	}
}

// What is not in the language is an error with its place, and what was
// expected there.
func TestSyntaxErrors(t *testing.T) {
	for src, want := range map[string]string{
		"":                                        "x:1:1: expected an event: a time and what happens then, found the end of the script",
		"0 < Q 0:0(0) win 5":                      `x:1:5: expected flags (F S R P U E W A, then a dot for ACK), found "Q"`,
		"0 < SX. 0:0(0) win 5":                    `x:1:6: expected flags (F S R P U E W A, then a dot for ACK), found "SX"`,
		"0 < S 0:5(0) win 5":                      "x:1:7: 0 bytes from 0 on end at 0, not at 5",
		"0 < S 0:0(0) win 65536":                  "x:1:18: the window is 65536: it must be 0 to 65535",
		"0 < S 0:0(0) win 5 <mss>":                `x:1:24: expected the MSS, found ">"`,
		"0 < S 0:0(0) win 5 <frob 3>":             `x:1:21: expected a TCP option (mss, wscale, sackOK, sack, TS, nop, eol, md5, FO, FOEXP or ECN), found "frob"`,
		"0 < S 0:0(0) win 5 <...>":                `x:1:21: expected options: <...> is for expected packets, found "..."`,
		"0 < S 0:0(0) <sack 1:2 1:2 1:2 1:2 1:2>": "x:1:15: these options take 44 bytes: there is room for 40",
		"0 < . 1:1(0) ack 1 {mut tcp 1 2}":        `x:1:20: expected the next event: mutations of packets ({ }) are not supported, found "{"`,
		"0 < S 0:0(0) win 5 <TS val ... ecr 0>":   `x:1:28: expected the timestamp, found "..."`,
		"0 < [1:1(0)] . 1:1(0) ack 1":             `x:1:14: expected "icmp", found "."`,
		"0 > [dscp af5] . 1:1(0)":                 `x:1:11: expected the DSCP, found "af5"`,
		"0 > [ecn 1] . 1:1(0)":                    `x:1:10: expected noecn, ect0, ect1, ect01 or ce, found "1"`,
		"0 close(99999999999999999999) = 0":       "x:1:9: 99999999999999999999 does not fit 64 bits",
		"0 < [ect01] . 1:1(0) ack 1":              `x:1:6: expected one ECN codepoint: ect01 is for expected packets, found "ect01"`,
		"0 < .9 1:1(0) ack 1":                     "x:1:5: the ACE count is 9: it must be 0 to 7",
		"1 < . 1:1(0) ack 1":                      "x:1:1: the first event must be at time 0",
		"0 `a`\n* < . 1:1(0) ack 1":               "x:2:1: only an expected packet (>) can have a range of times or *",
		"0 `a`\n+0~+1 close(3) = 0":               "x:2:1: only an expected packet (>) can have a range of times or *",
		"0 `a`\n+2~+1 > . 1:1(0) ack 1":           "x:2:1: this range of times ends before it begins",
		"0 `a`\n+1...0.5 close(3) = 0":            "x:2:6: this call would return before it begins",
		"0 close(3)":                              "x:1:11: expected \"=\", found the end of the script",
		"0 close(3) = 0 whatever":                 `x:1:16: expected an errno such as EINVAL, a note in brackets, or the next event, found "whatever"`,
		"0 close(3) = ":                           "x:1:14: expected a value: ..., a number, a name, a string, [ ] or { }, found the end of the script",
		"0 `never ends":                           "x:1:3: expected ` to end what ` begins here",
		"0 /* never ends":                         "x:1:3: expected the end of this comment: */",
		"0 %{ never ends":                         "x:1:3: expected }% to end what %{ begins here",
		"0 `a`\n`b`\n`c`":                         "x:3:1: expected the end of the script, after the cleanup command, found a command",
		"--mtu=\n0 `a`":                           "x:2:1: expected a value for --mtu, found \"0\"",
		"#if 1\n0 `a`":                            `x:1:1: expected #ifdef NAME, #ifndef NAME, #else or #endif, found "#if 1"`,
		"#ifdef A\n0 `a`":                         "x:1:1: expected #endif for this #ifdef",
		"0 < . 99999999999999999999:1(0)":         "x:1:7: 99999999999999999999 does not fit 64 bits",
		"0 close(" + strings.Repeat("[", 60):      "x:1:59: expressions are nested deeper than 50",
		"0 close(ä) = 0":                          "x:1:9: a character that is not ASCII",
	} {
		_, err := Parse("x", src, nil)
		if err == nil || err.Error() != want {
			t.Errorf("%q: %v\nwant %s", src, err, want)
		}
	}
}

// Symbols choose between parts of a script, and stand for words.
func TestSymbols(t *testing.T) {
	const src = "0 `a`\n#ifdef STANDARD\n+1 close(3) = 0\n#ifdef MORE\n+2 close(3) = 0\n#endif\n#else\n+3 close(FD) = 0\n#endif\n+4 COMMAND\n"
	for _, c := range []struct {
		defines map[string]string
		want    string
	}{
		{map[string]string{"COMMAND": "`c`", "FD": "7"}, "0 `a`\n+3 close(7) = 0\n+4 `c`\n"},
		{map[string]string{"COMMAND": "`c`", "STANDARD": ""}, "0 `a`\n+1 close(3) = 0\n+4 `c`\n"},
		{map[string]string{"COMMAND": "`c`", "STANDARD": "", "MORE": "1"}, "0 `a`\n+1 close(3) = 0\n+2 close(3) = 0\n+4 `c`\n"},
	} {
		s, err := Parse("x", src, c.defines)
		if err != nil {
			t.Errorf("%v: %v", c.defines, err)
		} else if s.String() != c.want {
			t.Errorf("with %v the script is\n%swant\n%s", c.defines, s, c.want)
		}
	}
}

// A script may define symbols itself, and blanks and comments may stand around
// the value of an option.
func TestOptionValues(t *testing.T) {
	const src = "--define=FD=7 --define=CLEAN=`true && false`//x\n--mss = 1000/* y */\n--remote_ip=2001:db8::1\n0 close(FD) = 0\nCLEAN\n"
	s, err := Parse("x", src, nil)
	if err != nil {
		t.Fatal(err)
	}
	const want = "--define=FD=7\n--define=CLEAN=`true && false`\n--mss=1000\n--remote_ip=2001:db8::1\n0 close(7) = 0\n`true && false`\n"
	if s.String() != want {
		t.Errorf("the script is\n%swant\n%s", s, want)
	}
}

// Options, the init command and the cleanup command stand around the events;
// comments count as white space, but not in commands.
func TestStructure(t *testing.T) {
	const src = "// one\n--tolerance_usecs=10000 /* two */ --ip_version=ipv4\n--tcp_ts_ecr_scaled\n`first\n# not a comment`\n0 `a`\n`last // neither`\n"
	s, err := Parse("x", src, nil)
	if err != nil {
		t.Fatal(err)
	}
	const want = "--tolerance_usecs=10000\n--ip_version=ipv4\n--tcp_ts_ecr_scaled\n`first\n# not a comment`\n0 `a`\n`last // neither`\n"
	if s.String() != want {
		t.Errorf("the script is\n%swant\n%s", s, want)
	}
	if s.Events[0].Line != 6 {
		t.Errorf("the event is in line %d, want 6", s.Events[0].Line)
	}
}

// seeds are the scripts of the corpus.
func seeds(f *testing.F) {
	paths, err := filepath.Glob("../../../testdata/drill/*/*.pkt")
	if err != nil || len(paths) == 0 {
		f.Fatalf("the corpus is not there: %v", err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Add("0 < [ect0] FSRPUEWA.5 1:1(0)! ack 1 <ECN e0b 1,md5 00> {")
	f.Add("#ifdef A\n0 %{}%\n#else\n0~1 > icmp a b mtu 1 [1:1(0)]\n#endif")
	f.Add("0...1 a({fd=1,events=[B|0x2]},\"c\"\"d\"...) = ... EAGAIN (e f)")
}

// Nothing makes the parser panic, and what it accepts is the same when it is
// written and read again.
func FuzzParse(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, src string) {
		s, err := Parse("fuzz", src, map[string]string{"A": "1"})
		if err != nil {
			return
		}
		text := s.String()
		again, err := Parse("fuzz", text, nil)
		if err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
		if again.String() != text {
			t.Errorf("it is written\n%s\nand then\n%s", text, again)
		}
	})
}
