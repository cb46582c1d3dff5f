package drill

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/lastack/lastack/internal/drill/script"
)

// syscall makes a system call.
func (r *run) syscall(e *script.Event, at, base time.Duration) error {
	if err := r.finishCall(); err != nil {
		return err
	}
	if err := r.onTime(e, at); err != nil {
		return err
	}
	a, err := decodeCall(r.cfg, r.s.File, e.Pos, e.Call)
	if err != nil {
		return err
	}
	r.begins(a)
	args := *a
	args.fd = r.liveFD(a.fd)
	args.polls = append([]pollArg(nil), a.polls...)
	for i := range args.polls {
		args.polls[i].fd = r.liveFD(args.polls[i].fd)
	}
	r.call = &pendingCall{event: e, args: a, begun: r.t.now(), end: r.t.now()}
	r.t.start(&args)
	if !e.Call.Blocking {
		return r.finishCall()
	}
	r.call.end = e.Call.End
	if e.Time.IsRelative() {
		r.call.end += base
	}
	return nil
}

// liveFD is the descriptor that the script's stands for.
func (r *run) liveFD(fd int) int {
	if live, ok := r.fds[fd]; ok {
		return live
	}
	return -1
}

// begins notes what a call is going to do to the connection under test.
func (r *run) begins(a *syscallArgs) {
	switch a.name {
	case "socket":
		r.current, r.connecting = nil, nil
	case "bind":
		r.bound = a.addr
	case "sendto", "sendmsg":
		if a.flags&msgFastOpen != 0 && r.byFD(a.fd) == nil {
			r.current = nil
			r.connecting = &pendingConnect{fd: a.fd, remote: a.addr}
		}
	case "connect":
		if r.byFD(a.fd) == nil && (r.connecting == nil || r.connecting.fd != a.fd) {
			r.current = nil
			r.connecting = &pendingConnect{fd: a.fd, remote: a.addr}
		}
	}
}

// finishCall waits for the end of a call that has begun, and compares.
func (r *run) finishCall() error {
	p := r.call
	if p == nil {
		return nil
	}
	r.call = nil
	res, ok := r.t.wait(max(p.end, r.t.now()) + patience)
	if !ok {
		return fail(p.event, differs("call", "it returns at "+seconds(p.end), "it has not returned"))
	}
	if res.missing != nil {
		return res.missing
	}
	if err := r.returned(p, &res); err != nil {
		return err
	}
	allowed := r.cfg.allowed(p.end - p.begun)
	if d := res.at - p.end; d.Abs() > allowed {
		return fail(p.event, differs("time of return", fmt.Sprintf("%s, with a tolerance of %s", seconds(p.end), allowed), seconds(res.at)))
	}
	return nil
}

// returned compares the result of a call. New descriptors are whatever the
// script calls them.
func (r *run) returned(p *pendingCall, res *syscallResult) error {
	c := p.event.Call
	if makesFD(p.args.name) && res.ret >= 0 {
		want, err := number(r.s.File, c.Result)
		if err != nil {
			return err
		}
		if want >= 0 {
			r.fds[int(want)] = int(res.ret)
			r.accepted(int(want), res)
			if p.args.name == "socket" || res.peer.IsValid() {
				r.latest = int(want)
			}
			res.ret = want
		}
	}
	m, err := compareResult(r.s.File, c, p.args, *res)
	if err != nil {
		return err
	}
	if m != nil {
		return fail(p.event, m)
	}
	if p.args.name == "close" && res.ret == 0 {
		delete(r.fds, p.args.fd)
	}
	return nil
}

// makesFD reports whether the result of a call is a new descriptor.
func makesFD(name string) bool {
	return name == "socket" || name == "accept" || name == "accept4" || name == "epoll_create" || name == "epoll_create1"
}

// accepted notes which flow a descriptor is of.
func (r *run) accepted(fd int, res *syscallResult) {
	for _, f := range r.flows {
		if res.peer.IsValid() && f.remote == res.peer && f.fd < 0 {
			f.fd = fd
		}
	}
}

// command runs a shell command.
func (r *run) command(e *script.Event) error {
	err := r.t.command(e.Command.Text)
	if f, ok := err.(*commandError); ok {
		return fail(e, &mismatch{"command", "it succeeds", f.Error()})
	}
	if err != nil {
		return r.wrong(e, err)
	}
	return nil
}

// A commandError is that a command has run and failed.
type commandError struct{ msg string }

func (e *commandError) Error() string { return e.msg }

// code runs a %{ }% block on what TCP_INFO says now.
func (r *run) code(e *script.Event) error {
	var info map[string]int64
	var infoErr error
	failed, err := runCode(e.Code.Text, func(name string) (int64, bool) {
		if info == nil && infoErr == nil {
			info, infoErr = r.info()
		}
		v, ok := info[name]
		return v, ok
	})
	switch {
	case infoErr != nil:
		return r.wrong(e, infoErr)
	case err != nil:
		return err
	case failed != "":
		return fail(e, &mismatch{"assertion", failed, infoText(failed, info)})
	}
	return nil
}

// info is the fields of the connection under test, or of the socket that has
// none yet.
func (r *run) info() (map[string]int64, error) {
	f := r.current
	if f == nil && r.liveFD(r.latest) < 0 {
		return nil, fmt.Errorf("there is no connection whose fields could be looked at")
	}
	if f == nil {
		return r.t.info(r.liveFD(r.latest), netip.AddrPort{}, netip.AddrPort{})
	}
	return r.t.info(r.liveFD(f.fd), f.local, f.remote)
}
