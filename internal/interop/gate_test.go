//go:build linux

package interop

import (
	"sync"
	"testing"
	"time"

	"github.com/lastack/lastack/internal/wire"
	"github.com/lastack/lastack/link"
)

// A direction is that of a packet, as lastack sees it.
type direction int

const (
	out direction = iota // from lastack to the kernel
	in                   // from the kernel to lastack
)

// A gate is a link that can hold packets back and drop them, so that what
// happens rarely happens when a test wants it. It is open at first.
type gate struct {
	link.Link
	t *testing.T

	mu      sync.Mutex
	change  sync.Cond // a packet was held or dropped
	rules   [2][]*rule
	longest [2]int // bytes of the longest packet that came by

	delivery sync.Mutex // one call of receive at a time
	receive  func(pkts [][]byte)
}

// A rule says what becomes of segments that match.
type rule struct {
	gate  *gate
	dir   direction
	match func(*wire.Segment) bool
	drop  int      // how many are yet to be dropped; 0: this rule holds
	taken int      // how many were dropped or held
	held  [][]byte // everything from the first match on
}

// newGate puts a gate before l.
func newGate(t *testing.T, l link.Link) *gate {
	g := &gate{Link: l, t: t}
	g.change.L = &g.mu
	return g
}

// hold holds back, in one direction, the first segment that matches and all
// that comes after it, in order.
func (g *gate) hold(dir direction, match func(*wire.Segment) bool) *rule {
	return g.add(&rule{gate: g, dir: dir, match: match})
}

// drop drops the first n segments that match.
func (g *gate) drop(dir direction, n int, match func(*wire.Segment) bool) *rule {
	return g.add(&rule{gate: g, dir: dir, match: match, drop: n})
}

func (g *gate) add(r *rule) *rule {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.rules[r.dir] = append(g.rules[r.dir], r)
	return r
}

// wait waits until n packets have been dropped or held.
func (r *rule) wait(n int) {
	r.gate.t.Helper()
	late := time.AfterFunc(patience, r.gate.change.Broadcast)
	defer late.Stop()
	end := time.Now().Add(patience)
	r.gate.mu.Lock()
	defer r.gate.mu.Unlock()
	for r.taken < n {
		if !time.Now().Before(end) {
			r.gate.t.Fatalf("%d packets came to the gate, want %d", r.taken, n)
		}
		r.gate.change.Wait()
	}
}

// release ends the rule and lets what it held go its way.
func (r *rule) release() {
	g := r.gate
	g.mu.Lock()
	held := r.held
	for i, other := range g.rules[r.dir] {
		if other == r {
			g.rules[r.dir] = append(g.rules[r.dir][:i:i], g.rules[r.dir][i+1:]...)
		}
	}
	g.mu.Unlock()
	switch {
	case len(held) == 0:
	case r.dir == out:
		_ = g.Link.Send(held)
	default:
		g.deliver(held)
	}
}

// Start puts the gate before the stack.
func (g *gate) Start(receive func(pkts [][]byte)) error {
	g.receive = receive
	return g.Link.Start(func(pkts [][]byte) { g.deliver(g.pass(in, pkts)) })
}

// Send puts the gate behind the stack.
func (g *gate) Send(pkts [][]byte) error { return g.Link.Send(g.pass(out, pkts)) }

// deliver gives packets to the stack.
func (g *gate) deliver(pkts [][]byte) {
	if len(pkts) == 0 {
		return
	}
	g.delivery.Lock()
	defer g.delivery.Unlock()
	g.receive(pkts)
}

// pass is the packets that may go on.
func (g *gate) pass(dir direction, pkts [][]byte) (passed [][]byte) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, pkt := range pkts {
		g.longest[dir] = max(g.longest[dir], len(pkt))
		if !g.takes(dir, pkt) {
			passed = append(passed, pkt)
		}
	}
	return passed
}

// takes reports whether a rule holds or drops pkt.
func (g *gate) takes(dir direction, pkt []byte) bool {
	if len(g.rules[dir]) == 0 {
		return false
	}
	seg := parse(pkt)
	for _, r := range g.rules[dir] {
		if r.takes(seg, pkt) {
			r.taken++
			g.change.Broadcast()
			return true
		}
	}
	return false
}

func (r *rule) takes(seg *wire.Segment, pkt []byte) bool {
	switch matches := seg != nil && r.match(seg); {
	case r.drop > r.taken:
		return matches
	case r.drop > 0: // it has had its fill
		return false
	case matches || len(r.held) > 0:
		r.held = append(r.held, append([]byte(nil), pkt...))
		return true
	}
	return false
}

// longestPacket is the length in bytes of the longest packet so far.
func (g *gate) longestPacket(dir direction) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.longest[dir]
}

// parse is the TCP segment in a packet, nil if there is none.
func parse(pkt []byte) *wire.Segment {
	var p wire.Packet
	var seg wire.Segment
	if wire.ParseIP(pkt, &p) != wire.OK || p.Proto != wire.ProtoTCP || wire.ParseTCP(p.Payload, &seg) != wire.OK {
		return nil
	}
	return &seg
}

// Which segments a rule is about.

func all(*wire.Segment) bool        { return true }
func isSYN(s *wire.Segment) bool    { return s.Has(wire.SYN) && !s.Has(wire.ACK) }
func isSYNACK(s *wire.Segment) bool { return s.Has(wire.SYN) && s.Has(wire.ACK) }
func isFIN(s *wire.Segment) bool    { return s.Has(wire.FIN) }

// isACK is an ACK and nothing else.
func isACK(s *wire.Segment) bool {
	return s.Has(wire.ACK) && s.Len() == 0 && !s.Has(wire.RST)
}
