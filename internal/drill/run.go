package drill

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/lastack/lastack/internal/drill/script"
	"github.com/lastack/lastack/internal/wire"
)

// patience is how long a packet or a call may be late before it is held
// missing, beside the time since the event before.
const patience = 2 * time.Second

// firstPeerPort is the port of the first peer that connects; the next ones
// count on.
const firstPeerPort = 40000

// A run is one execution of a script.
type run struct {
	s   *script.Script
	cfg *config
	t   target

	flows      []*flow
	current    *flow           // what packets without ports belong to; nil: a new one
	connecting *pendingConnect // connect has been called, and its SYN not seen
	bound      netip.AddrPort  // where the latest bind was
	peers      uint16          // ports given to peers
	held       []captured      // packets of flows that are not the current one
	latest     int             // the script's descriptor of the latest socket
	fds        map[int]int     // live descriptors by the script's
	call       *pendingCall    // a call that blocks

	before  time.Duration // the scheduled time of the event before
	inbound bool          // that was an injected packet
}

// A pendingConnect is an active OPEN whose SYN says what its flow is.
type pendingConnect struct {
	fd     int // the script's
	remote netip.AddrPort
}

// A pendingCall is a call that has begun and not been waited for.
type pendingCall struct {
	event *script.Event
	args  *syscallArgs
	end   time.Duration // when it should return
	begun time.Duration
}

// A failedError is that a script's expectation was not met.
type failedError struct{ f Failure }

func (e *failedError) Error() string { return e.f.String() }

// fail makes a failure of an event.
func fail(e *script.Event, m *mismatch) error {
	return &failedError{Failure{Line: e.Line, Event: e.String(), What: m.what, Want: m.want, Got: m.got}}
}

// wrong is an error of the script, at an event.
func (r *run) wrong(e *script.Event, err error) error {
	if n := (*needError)(nil); errors.As(err, &n) {
		return err
	}
	if se := (*script.Error)(nil); errors.As(err, &se) {
		return err
	}
	return &script.Error{File: r.s.File, Pos: e.Pos, Msg: err.Error()}
}

// all runs the whole script.
func (r *run) all() error {
	if r.s.Init != nil {
		if err := r.t.command(r.s.Init.Text); err != nil {
			return r.wrong(&script.Event{Pos: r.s.Init.Pos}, err)
		}
	}
	r.t.begin()
	for i := range r.s.Events {
		if err := r.event(&r.s.Events[i]); err != nil {
			return err
		}
	}
	if err := r.finishCall(); err != nil {
		return err
	}
	r.reset()
	if r.s.Cleanup != nil {
		if err := r.t.command(r.s.Cleanup.Text); err != nil {
			return r.wrong(&script.Event{Pos: r.s.Cleanup.Pos}, err)
		}
	}
	return nil
}

// event runs one event.
func (r *run) event(e *script.Event) (err error) {
	isInbound := e.Packet != nil && e.Packet.Dir == script.Inbound
	base := r.t.now()
	if isInbound && r.inbound {
		base = r.before // so that a burst of packets does not drift
	}
	at, end := e.Time.Start, e.Time.Start
	if e.Time.End > at {
		end = e.Time.End
	}
	switch {
	case e.Time.Kind == script.AnyTime:
		at, end = base, base+r.cfg.forever
	case e.Time.IsRelative():
		at, end = base+at, base+end
	case at < r.before && (!r.cfg.kernel || r.before-at > r.cfg.allowed(0)): // real time goes on during events
		return r.wrong(e, fmt.Errorf("time goes back, from %s to %s", seconds(r.before), seconds(at)))
	}
	switch {
	case isInbound:
		err = r.inject(e, at)
	case e.Packet != nil:
		err = r.expect(e, at, end)
	case e.Call != nil:
		err = r.syscall(e, at, base)
	case e.Command != nil:
		r.t.sleep(at)
		err = r.command(e)
	case e.Code != nil:
		r.t.sleep(at)
		err = r.code(e)
	}
	if e.Time.Kind != script.AnyTime {
		r.before = at
	}
	r.inbound = isInbound
	return err
}

// onTime lets time pass until an event is due. A script that has fallen behind
// by more than the tolerance has failed.
func (r *run) onTime(e *script.Event, at time.Duration) error {
	r.t.sleep(at)
	if now, allowed := r.t.now(), r.cfg.slack*r.cfg.allowed(at-r.before); now > at+allowed {
		return fail(e, differs("time", seconds(at), seconds(now)))
	}
	return nil
}

// inject gives the TCP under test a packet.
func (r *run) inject(e *script.Event, at time.Duration) error {
	if err := r.onTime(e, at); err != nil {
		return err
	}
	pkts, err := r.packets(e.Packet)
	if err != nil {
		return r.wrong(e, err)
	}
	for _, pkt := range pkts {
		if err := r.t.inject(pkt); err != nil {
			return r.wrong(e, err)
		}
	}
	return nil
}

// packets is the packets on the wire that an injected one of the script is.
func (r *run) packets(p *script.Packet) ([][]byte, error) {
	if len(p.Encap) > 0 || p.UDP != nil {
		return nil, need("encapsulation and UDP")
	}
	if p.ICMP != nil {
		f := r.current
		if f == nil {
			return nil, fmt.Errorf("an ICMP message quotes a connection, and there is none")
		}
		pkt, err := putICMP(f, r.cfg.remote.Addr(), f.local.Addr(), p.IP, p.ICMP)
		return [][]byte{pkt}, err
	}
	f, err := r.inboundFlow(p.TCP)
	if err != nil {
		return nil, err
	}
	t, err := f.toLive(*p.TCP, r.cfg.tsScaled)
	if err != nil {
		return nil, err
	}
	f.note(&t)
	seg := segment{TCP: t, local: f.local, remote: f.remote}
	seg.ip = wire.Packet{Src: f.remote.Addr(), Dst: f.local.Addr(), Proto: wire.ProtoTCP, DF: true}
	setIP(&seg.ip, p.IP)
	if pkt := seg.put(); !r.cfg.kernel || len(pkt) <= r.cfg.mtu {
		return [][]byte{pkt}, nil
	}
	var pkts [][]byte // the device that leads to the kernel brings no larger ones
	for _, piece := range cut(&seg, cmp.Or(r.cfg.mss, r.cfg.mtu-seg.ip.HeaderLen()-20-len(putOptions(seg.Opts)))) {
		pkts = append(pkts, piece.put())
	}
	return pkts, nil
}

// cut divides a segment into those of at most mss bytes. Only the last has FIN
// and PSH.
func cut(s *segment, mss int) (pieces []*segment) {
	for s.Len > mss {
		head, rest := *s, *s
		head.Len, rest.Len = mss, s.Len-mss
		head.Flags &^= script.FIN | script.PSH
		rest.Seq += uint32(mss)
		pieces = append(pieces, &head)
		s = &rest
	}
	return append(pieces, s)
}

// setIP takes over what a script says about the IP header.
func setIP(ip *wire.Packet, info script.IPInfo) {
	if info.TOS >= 0 {
		ip.TOS = uint8(info.TOS)
	}
	if info.DSCP >= 0 {
		ip.TOS = uint8(info.DSCP) << 2
	}
	if info.ECN != script.ECNUnchecked {
		ip.TOS = ip.TOS&^3 | ecnBits(info.ECN)
	}
	if info.TTL > 0 {
		ip.TTL = uint8(info.TTL)
	}
}

// inboundFlow is the flow that an injected segment belongs to. While there is
// none, a peer with a fresh port begins one.
func (r *run) inboundFlow(t *script.TCP) (*flow, error) {
	ports := script.Ports{Src: t.Ports.Dst, Dst: t.Ports.Src} // local, remote
	if ports != (script.Ports{}) {
		if f := r.byPorts(ports); f != nil {
			r.current = f
			return f, nil
		}
	}
	switch {
	case r.current != nil && (ports == (script.Ports{}) || r.current.ports == (script.Ports{})):
		if ports != (script.Ports{}) && ports.Dst != r.current.remote.Port() {
			break
		}
		return r.current, nil
	case r.connecting != nil && r.current == nil:
		return nil, fmt.Errorf("connect was called, and the script has not expected its SYN: the ports are not known")
	}
	local := r.bound
	if !local.IsValid() {
		local = netip.AddrPortFrom(r.cfg.local.Addr(), r.cfg.bindPort)
	}
	remote := netip.AddrPortFrom(r.cfg.remote.Addr(), firstPeerPort+r.peers)
	r.peers++
	if ports != (script.Ports{}) {
		local = netip.AddrPortFrom(local.Addr(), ports.Src)
		remote = netip.AddrPortFrom(remote.Addr(), ports.Dst)
	}
	return r.begin(newFlow(local, remote), ports), nil
}

// begin makes a flow the current one.
func (r *run) begin(f *flow, ports script.Ports) *flow {
	f.ports = ports
	r.flows = append(r.flows, f)
	r.current = f
	return f
}

// byPorts is the flow that the script knows by these ports, local and remote.
func (r *run) byPorts(ports script.Ports) *flow {
	for _, f := range r.flows {
		if f.ports == ports || f.local.Port() == ports.Src && f.remote.Port() == ports.Dst {
			f.ports = ports
			return f
		}
	}
	return nil
}

// byFD is the flow of a descriptor of the script.
func (r *run) byFD(fd int) *flow {
	for _, f := range r.flows {
		if f.fd == fd {
			return f
		}
	}
	return nil
}

// reset ends the connection under test, as packetdrill does, so that it does
// not go on for ever.
func (r *run) reset() {
	f := r.current
	if f == nil {
		return
	}
	s := segment{TCP: script.TCP{Flags: script.RST, Seq: f.next, ACE: -1}, local: f.local, remote: f.remote}
	s.ip = wire.Packet{Src: f.remote.Addr(), Dst: f.local.Addr(), Proto: wire.ProtoTCP, DF: true}
	_ = r.t.inject(s.put())
}
