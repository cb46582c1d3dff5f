package drill

import (
	"fmt"
	"net/netip"

	"github.com/lastack/lastack/internal/drill/script"
)

// A decoder reads the arguments of one call in order.
type decoder struct {
	cfg  *config
	file string
	at   script.Pos
	name string
	args []*script.Expr
	next int
	a    *syscallArgs
	err  error
}

func (d *decoder) fail(at script.Pos, format string, args ...any) {
	if d.err == nil {
		d.err = &script.Error{File: d.file, Pos: at, Msg: fmt.Sprintf(format, args...)}
	}
}

// arg is the next argument.
func (d *decoder) arg() *script.Expr {
	if d.next >= len(d.args) {
		d.fail(d.at, "%s needs another argument after the %d that are here", d.name, len(d.args))
		return &script.Expr{Pos: d.at}
	}
	d.next++
	return d.args[d.next-1]
}

func (d *decoder) skip() { d.arg() }

// isNull reports whether an expression is a pointer to nothing.
func isNull(e *script.Expr) bool { return e.Kind == script.Word && e.Text == "NULL" }

// buffer takes "..." for a buffer that is the interpreter's, or NULL.
func (d *decoder) buffer() {
	e := d.arg()
	d.a.null = isNull(e)
	if e.Kind != script.Ellipsis && !d.a.null {
		d.fail(e.Pos, "expected a buffer: ... or NULL, found %s", e)
	}
}

func (d *decoder) fd() { d.a.fd = int(d.number(d.arg())) }

func (d *decoder) num() int64 {
	n := d.number(d.arg())
	d.a.nums = append(d.a.nums, n)
	return n
}

// maxSize bounds buffers, in bytes.
const maxSize = 1 << 28

// size takes the length of a buffer.
func (d *decoder) size() {
	e := d.arg()
	n := d.number(e)
	if n < 0 || n > maxSize {
		d.fail(e.Pos, "a buffer of %d bytes: it must be 0 to %d", n, maxSize)
		return
	}
	d.a.size = int(n)
}

func (d *decoder) optionalNum() {
	if d.next < len(d.args) {
		d.num()
	}
}

// number is the value of an expression that must be a number.
func (d *decoder) number(e *script.Expr) int64 {
	n, err := number(d.file, e)
	if err != nil && d.err == nil {
		d.err = err
	}
	return n
}

// domain is the first argument of socket: "..." is the family of the script.
func (d *decoder) domain() {
	e := d.arg()
	if e.Kind == script.Ellipsis {
		family := constants["AF_INET"]
		if d.cfg.ipv6 || d.cfg.mapped {
			family = constants["AF_INET6"]
		}
		d.a.nums = append(d.a.nums, family)
		return
	}
	d.a.nums = append(d.a.nums, d.number(e))
}

// address takes a sockaddr: "..." leaves it to the interpreter.
func (d *decoder) address() {
	e := d.arg()
	d.a.hasAddr = true
	if e.Kind == script.Ellipsis {
		if d.name == "bind" {
			d.a.addr = netip.AddrPortFrom(d.cfg.local.Addr(), d.cfg.bindPort)
		} else {
			d.a.addr = netip.AddrPortFrom(d.cfg.remote.Addr(), d.cfg.connectPort)
		}
		return
	}
	if e.Kind == script.Integer && e.Int == 0 || isNull(e) {
		d.a.hasAddr = false
		return
	}
	d.sockaddr(e)
}

// sockaddr takes {sa_family=..., sin_port=htons(N), sin_addr=inet_addr("...")}.
func (d *decoder) sockaddr(e *script.Expr) {
	port, addr := e.Field("sin_port"), e.Field("sin_addr")
	if e.Kind != script.Struct || port == nil || addr == nil || port.Kind != script.Invoke || addr.Kind != script.Invoke ||
		len(port.Args) != 1 || len(addr.Args) != 1 {
		d.fail(e.Pos, "expected an address: ... or {sa_family = AF_INET, sin_port = htons(N), sin_addr = inet_addr(\"A\")}, found %s", e)
		return
	}
	ip, err := netip.ParseAddr(addr.Args[0].Text)
	if err != nil {
		d.fail(addr.Pos, "%q is no address", addr.Args[0].Text)
	}
	d.a.addr = netip.AddrPortFrom(ip, uint16(d.number(port.Args[0])))
}

// vector takes [{..., n}, {..., m}].
func (d *decoder) vector() { d.iovec(d.arg()) }

func (d *decoder) iovec(e *script.Expr) {
	if e.Kind != script.List {
		d.fail(e.Pos, "expected buffers: [{..., 1000}], found %s", e)
		return
	}
	for _, v := range e.Args {
		if v.Kind != script.Struct || len(v.Args) != 2 {
			d.fail(v.Pos, "expected a buffer: {..., 1000}, found %s", v)
			return
		}
		n := d.number(v.Args[1])
		if n < 0 || n > maxSize-int64(d.a.size) {
			d.fail(v.Pos, "buffers of more than %d bytes", maxSize)
			return
		}
		d.a.size += int(n)
	}
}

// message takes a struct msghdr. Its address is the interpreter's.
func (d *decoder) message() {
	e := d.arg()
	iov := e.Field("msg_iov")
	if e.Kind != script.Struct || iov == nil {
		d.fail(e.Pos, "expected {msg_name(...)=..., msg_iov(1)=[{..., 1000}], msg_flags=0}, found %s", e)
		return
	}
	d.iovec(iov)
	if e.Field("msg_control") != nil && d.err == nil {
		d.err = need("control messages")
	}
	d.a.addr, d.a.hasAddr = netip.AddrPortFrom(d.cfg.remote.Addr(), d.cfg.connectPort), true
}

// option takes a level and a name.
func (d *decoder) option() { d.a.level, d.a.opt = d.number(d.arg()), d.number(d.arg()) }

// value takes an option's value: [n], n, a struct, a string, or "...".
func (d *decoder) value() {
	e := d.arg()
	if e.Kind == script.List && len(e.Args) == 1 {
		e = e.Args[0]
	}
	switch {
	case e.Kind == script.Ellipsis, e.Kind == script.List && len(e.Args) == 0:
	case e.Kind == script.String:
		d.a.optText = e.Text
	case e.Kind == script.Struct && e.Field("onoff") != nil && e.Field("linger") != nil:
		d.a.hasOpt = true
		d.a.linger = [2]int64{d.number(e.Field("onoff")), d.number(e.Field("linger"))}
	default:
		d.a.hasOpt, d.a.optVal = true, d.number(e)
	}
}

// pollfds takes [{fd=3, events=POLLIN, revents=POLLIN}].
func (d *decoder) pollfds() {
	e := d.arg()
	if e.Kind != script.List {
		d.fail(e.Pos, "expected [{fd=3, events=POLLIN}], found %s", e)
		return
	}
	for _, p := range e.Args {
		fd, events, revents := p.Field("fd"), p.Field("events"), p.Field("revents")
		if fd == nil || events == nil {
			d.fail(p.Pos, "expected {fd=3, events=POLLIN}, found %s", p)
			return
		}
		arg := pollArg{fd: int(d.number(fd)), events: d.number(events)}
		if revents != nil {
			arg.revents = d.number(revents)
		}
		d.a.polls = append(d.a.polls, arg)
	}
}

// watched takes a descriptor and what is to be watched there: 4, {events=EPOLLIN,
// fd=4}.
func (d *decoder) watched() {
	target := int(d.number(d.arg()))
	e := d.arg()
	if e.Kind == script.Ellipsis || e.Kind == script.Integer && e.Int == 0 { // nobody looks at it
		d.a.polls = append(d.a.polls, pollArg{fd: target})
		return
	}
	events, fd := d.epollEvent(e)
	if fd != target && d.err == nil {
		d.err = need("epoll events that tell something else than their descriptor")
	}
	d.a.polls = append(d.a.polls, pollArg{fd: target, events: events})
}

// happened takes the events that are expected of epoll_wait: one, or a list.
func (d *decoder) happened() {
	e := d.arg()
	all := []*script.Expr{e}
	switch e.Kind {
	case script.Ellipsis:
		return
	case script.List:
		all = e.Args
	case script.Integer, script.Word, script.String, script.Or, script.Assign, script.Struct, script.Invoke, script.Truncated:
	}
	for _, e := range all {
		events, fd := d.epollEvent(e)
		d.a.polls = append(d.a.polls, pollArg{fd: fd, revents: events})
	}
}

// epollEvent takes {events=EPOLLIN, fd=4}.
func (d *decoder) epollEvent(e *script.Expr) (events int64, fd int) {
	what, tells := e.Field("events"), e.Field("fd")
	for _, other := range []string{"ptr", "u32", "u64"} {
		if e.Kind == script.Struct && what != nil && e.Field(other) != nil && d.err == nil {
			if d.number(what) == 0 {
				return 0, -1 // nothing is to happen, so nothing tells anything
			}
			d.err = need("epoll events that tell " + other)
			return 0, -1
		}
	}
	if e.Kind != script.Struct || what == nil || tells == nil {
		d.fail(e.Pos, "expected {events=EPOLLIN, fd=4}, found %s", e)
		return 0, -1
	}
	return d.number(what), int(d.number(tells))
}
