package stack

import (
	"testing"
	"time"

	"github.com/lastack/lastack/fsm"
)

// Connections that come and go, by either end, leave nothing behind.
func TestTenThousandShortConnections(t *testing.T) {
	n := newNetwork(t, quiet, func(c *Config) {
		c.TCP.TimeWait = time.Second
		c.PortRange = [2]uint16{40000, 49999}
	})
	n.delay = time.Millisecond
	l := n.listen(server80, 0)
	const round, rounds = 100, 100
	for i := range rounds {
		var conns []*Conn
		for range round {
			conns = append(conns, n.dial(server80))
		}
		n.run(20 * time.Millisecond)
		for d := l.Accept(n.now); d != nil; d = l.Accept(n.now) {
			n.write(d, "hello")
			conns = append(conns, d)
		}
		if len(conns) != 2*round {
			t.Fatalf("round %d: %d of %d were accepted", i, len(conns)-round, round)
		}
		n.run(20 * time.Millisecond)
		for j, c := range conns {
			n.readAll(c)
			if j%7 == 0 {
				c.Abort(n.now)
			} else {
				c.Release(n.now)
			}
		}
		n.run(20 * time.Millisecond)
	}
	n.run(time.Minute)
	if got := n.server.Stats().Accepted; got != round*rounds {
		t.Errorf("%d were accepted, want %d", got, round*rounds)
	}
	n.empty(n.client)
	n.empty(n.server)
}

// A user who has gone does not keep a connection alive: FIN_WAIT_2 ends.
func TestOrphanInFinWait2Ends(t *testing.T) {
	n := newNetwork(t)
	c, d, _ := n.open(server80)
	c.Release(n.now)
	n.run(time.Second)
	n.want(c, fsm.FinWait2)
	n.want(d, fsm.CloseWait)
	n.run(2 * time.Minute)
	n.want(c, fsm.Closed)
	n.empty(n.client)
}

// A peer that vanishes is given up.
func TestVanishedPeer(t *testing.T) {
	n := newNetwork(t)
	c, d, _ := n.open(server80)
	n.write(c, "is anybody there?")
	n.client.Output(n.now, n.buf[:]) // lost
	d.Abort(n.now)
	n.owed(n.server) // the reset is lost too
	n.server.Close(n.now)
	n.run(time.Hour)
	n.want(c, fsm.Closed)
	c.Release(n.now)
	n.run(time.Second)
	n.empty(n.client)
	n.empty(n.server)
}
