package link

// Pipe returns the two ends of a link in memory: what one end sends, the other
// receives. An mtu that is not positive means DefaultMTU, and one above MaxMTU
// means MaxMTU. Both ends are Counters.
//
// A pipe has no goroutines. Whoever sends while nobody is delivering in that
// direction delivers the packet, and those that others send meanwhile, until
// none wait. A packet is copied once and nothing is allocated for it. Packets
// arrive in the order in which they were sent, at most 64 in one call of
// receive.
//
// Packets that cannot be delivered at once (their end has not started, or
// receive is running) wait in a queue of 8 MiB and 65,536 packets; what does
// not fit is dropped and counted. So is what is sent to an end that is closed.
//
// A delivery in one direction may run inside one of the other direction. So
// Close must not be called from inside the receive function of either end.
//
// A pipe blocks only in Close, on a sync.Cond, and so works in the bubbles of
// testing/synctest.
func Pipe(mtu int) (a, b Link) {
	if mtu <= 0 {
		mtu = DefaultMTU
	}
	mtu = min(mtu, MaxMTU)
	ab, ba := newDirection(mtu), newDirection(mtu)
	return &pipeEnd{in: ba, out: ab}, &pipeEnd{in: ab, out: ba}
}

// A pipeEnd is one end of a Pipe: the head of one direction and the tail of
// the other.
type pipeEnd struct{ in, out *direction }

func (e *pipeEnd) MTU() int                                { return e.in.mtu }
func (e *pipeEnd) Start(receive func(pkts [][]byte)) error { return e.in.start(receive) }
func (e *pipeEnd) Send(pkts [][]byte) error                { return e.out.send(pkts) }

func (e *pipeEnd) Close() error {
	e.out.closeSender()
	return e.in.closeReceiver()
}

func (e *pipeEnd) Stats() Stats {
	sent, _, dropped := e.out.counts()
	_, received, _ := e.in.counts()
	return Stats{Sent: sent, Received: received, Dropped: dropped}
}
