package drill

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/lastack/lastack/internal/drill/script"
)

// syscallArgs is a system call with its arguments worked out. Descriptors are
// those of the script.
type syscallArgs struct {
	name     string
	fd       int
	nums     []int64 // the arguments that are numbers, in order, without fd and buffers
	addr     netip.AddrPort
	hasAddr  bool // the script gives the address or leaves it to the interpreter ("...")
	size     int  // bytes of the buffer, or of several
	null     bool // the buffer is NULL
	flags    int64
	level    int64 // of socket options
	opt      int64
	optVal   int64
	optText  string // of an option whose value is a string
	linger   [2]int64
	hasOpt   bool          // optVal is given
	polls    []pollArg     // also of epoll_ctl, epoll_wait
	timeout  time.Duration // of poll and epoll_wait; negative: for ever
	nonblock bool          // accept4
}

// pollArg is one struct pollfd.
type pollArg struct {
	fd      int
	events  int64
	revents int64 // expected
}

// syscallResult is what a system call returned.
type syscallResult struct {
	at      time.Duration // when
	ret     int64
	errno   string // "EAGAIN"; empty if there was none
	out     int64  // getsockopt, ioctl: what it wrote
	hasOut  bool
	revents []int64        // poll, epoll_wait
	peer    netip.AddrPort // accept
	missing error          // a needError: the target does not have it
}

// callForm says how the arguments of a call are to be read.
type callForm func(d *decoder)

// callForms is the system calls that are known.
var callForms = map[string]callForm{
	"socket":  func(d *decoder) { d.domain(); d.num(); d.num() },
	"bind":    func(d *decoder) { d.fd(); d.address(); d.skip() },
	"listen":  func(d *decoder) { d.fd(); d.num() },
	"accept":  func(d *decoder) { d.fd(); d.skip(); d.skip() },
	"accept4": func(d *decoder) { d.fd(); d.skip(); d.skip(); d.a.nonblock = d.num()&sockNonblock != 0 },
	"connect": func(d *decoder) { d.fd(); d.address(); d.skip() },
	"read":    func(d *decoder) { d.fd(); d.buffer(); d.size() },
	"write":   func(d *decoder) { d.fd(); d.buffer(); d.size() },
	"readv":   func(d *decoder) { d.fd(); d.vector(); d.num() },
	"writev":  func(d *decoder) { d.fd(); d.vector(); d.num() },
	"recv":    func(d *decoder) { d.fd(); d.buffer(); d.size(); d.a.flags = d.num() },
	"send":    func(d *decoder) { d.fd(); d.buffer(); d.size(); d.a.flags = d.num() },
	"recvfrom": func(d *decoder) {
		d.fd()
		d.buffer()
		d.size()
		d.a.flags = d.num()
		d.skip()
		d.skip()
	},
	"sendto": func(d *decoder) {
		d.fd()
		d.buffer()
		d.size()
		d.a.flags = d.num()
		d.address()
		d.skip()
	},
	"recvmsg":       func(d *decoder) { d.fd(); d.message(); d.a.flags = d.num() },
	"sendmsg":       func(d *decoder) { d.fd(); d.message(); d.a.flags = d.num() },
	"close":         func(d *decoder) { d.fd() },
	"shutdown":      func(d *decoder) { d.fd(); d.num() },
	"fcntl":         func(d *decoder) { d.fd(); d.num(); d.optionalNum() },
	"setsockopt":    func(d *decoder) { d.fd(); d.option(); d.value(); d.skip() },
	"getsockopt":    func(d *decoder) { d.fd(); d.option(); d.value(); d.skip() },
	"ioctl":         func(d *decoder) { d.fd(); d.num(); d.value() },
	"epoll_create":  func(d *decoder) { d.num() },
	"epoll_create1": func(d *decoder) { d.num() },
	"epoll_ctl":     func(d *decoder) { d.fd(); d.num(); d.watched() },
	"epoll_wait": func(d *decoder) {
		d.fd()
		d.happened()
		d.num()
		d.a.timeout = time.Duration(d.num()) * time.Millisecond
	},
	"poll": func(d *decoder) { d.pollfds(); d.num(); d.a.timeout = time.Duration(d.num()) * time.Millisecond },
}

// otherCalls is the system calls of packetdrill that are read but not run.
var otherCalls = map[string]bool{
	"pipe": true, "open": true,
	"splice": true, "sendfile": true, "cap_set": true, "dup": true, "recvmmsg": true, "sendmmsg": true,
}

// decodeCall works the arguments of a call out.
func decodeCall(cfg *config, file string, at script.Pos, c *script.Call) (*syscallArgs, error) {
	form, ok := callForms[c.Name]
	if !ok && otherCalls[c.Name] {
		return nil, need("the system call " + c.Name)
	}
	if !ok {
		return nil, &script.Error{File: file, Pos: at, Msg: fmt.Sprintf("there is no system call %q", c.Name)}
	}
	d := &decoder{cfg: cfg, file: file, at: at, args: c.Args, name: c.Name, a: &syscallArgs{name: c.Name, fd: -1}}
	form(d)
	if d.err == nil && d.next < len(d.args) {
		d.fail(d.args[d.next].Pos, "%s takes %d arguments, here are %d", c.Name, d.next, len(d.args))
	}
	return d.a, d.err
}

// number is the value of an integer, a name, or some of them joined by |.
func number(file string, e *script.Expr) (int64, error) {
	switch e.Kind {
	case script.Integer:
		return e.Int, nil
	case script.Word:
		if n, ok := constants[e.Text]; ok {
			return n, nil
		}
		if n, ok := errnoNumbers[e.Text]; ok {
			return n, nil
		}
		return 0, &script.Error{File: file, Pos: e.Pos, Msg: "no constant is called " + e.Text}
	case script.Or:
		a, err := number(file, e.Args[0])
		if err != nil {
			return 0, err
		}
		b, err := number(file, e.Args[1])
		return a | b, err
	case script.List:
		if len(e.Args) == 1 {
			return number(file, e.Args[0])
		}
	case script.Ellipsis, script.String, script.Assign, script.Struct, script.Invoke, script.Truncated:
	}
	return 0, &script.Error{File: file, Pos: e.Pos, Msg: fmt.Sprintf("expected a number, found %s", e)}
}

// compareResult compares what a call returned with what the script expects.
func compareResult(file string, c *script.Call, a *syscallArgs, r syscallResult) (*mismatch, error) {
	if c.Result.Kind != script.Ellipsis {
		want, err := number(file, c.Result)
		if err != nil {
			return nil, err
		}
		if r.ret != want {
			return differs("result", resultText(want, c.Errno), resultText(r.ret, r.errno)), nil
		}
	}
	if c.Errno != "" && !sameErrno(c.Errno, r.errno) {
		return differs("errno", c.Errno, r.errno), nil
	}
	if r.hasOut && a.hasOpt && r.out != a.optVal && (a.name == "getsockopt" || a.name == "ioctl") {
		return differs("value", a.optVal, r.out), nil
	}
	for i, p := range a.polls {
		if i < len(r.revents) && r.revents[i] != p.revents {
			return differs("revents", fmt.Sprintf("%#x", p.revents), fmt.Sprintf("%#x", r.revents[i])), nil
		}
	}
	return nil, nil
}

func resultText(ret int64, errno string) string {
	if errno == "" {
		return fmt.Sprint(ret)
	}
	return fmt.Sprint(ret, " ", errno)
}

// sameErrno compares errors; two names are of one number.
func sameErrno(a, b string) bool {
	same := func(s string) string {
		if s == "EWOULDBLOCK" {
			return "EAGAIN"
		}
		return s
	}
	return same(a) == same(b)
}
