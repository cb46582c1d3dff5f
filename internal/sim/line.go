package sim

import "time"

// A line is the start of a link with a rate: the packet that is being sent, and
// the queue of those that wait for it.
type line struct {
	packets ring
	bytes   int     // that wait
	sending *Packet // nil: the line is idle
	event   event   // the last bit of it leaves
	codel   codel
}

// wait puts a packet into the queue, or drops it if there is no room.
func (d *Direction) wait(p *Packet) {
	q, l := &d.Queue, &d.line
	if l.sending == nil {
		d.send(p)
		return
	}
	if q.Packets > 0 && l.packets.n >= q.Packets || q.Bytes > 0 && l.bytes+len(p.Data) > q.Bytes {
		d.Stats.QueueFull++
		d.discard(p, queueFull)
		return
	}
	p.queued = d.sim.now
	l.packets.push(p)
	l.bytes += len(p.Data)
	d.Stats.MaxQueue = max(d.Stats.MaxQueue, l.bytes)
}

// discard drops a packet in the queue. One that is lost already has been told
// of.
func (d *Direction) discard(p *Packet, why string) {
	if !p.gone {
		p.lose(why)
	}
	d.sim.release(p)
}

// send begins to send a packet.
func (d *Direction) send(p *Packet) {
	d.line.sending = p
	d.line.event.at = d.sim.now.Add(d.sendingTime(len(p.Data)))
	d.sim.queue.add(&d.line.event)
}

// sendingTime is how long n bytes take to be sent.
func (d *Direction) sendingTime(n int) time.Duration {
	if d.Rate == 0 { // it has been taken away while packets waited
		return 0
	}
	return time.Duration((int64(n)*8*int64(time.Second) + d.Rate - 1) / d.Rate)
}

// A sendOff is a direction whose line has sent the last bit of a packet.
type sendOff Direction

func (s *sendOff) act() {
	d := (*Direction)(s)
	p := d.line.sending
	d.line.sending = nil
	d.launch(p)
	if next := d.next(); next != nil {
		d.send(next)
	}
}

// next takes the packet that is sent next from the queue, nil if there is none.
func (d *Direction) next() *Packet {
	if d.Queue.CoDel.Target > 0 {
		return d.codelNext()
	}
	return d.dequeue()
}

// dequeue takes the first packet from the queue, nil if there is none.
func (d *Direction) dequeue() *Packet {
	p := d.line.packets.pop()
	if p != nil {
		d.line.bytes -= len(p.Data)
	}
	return p
}
