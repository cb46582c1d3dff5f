package matrix

import (
	"regexp"
	"strconv"
	"strings"
)

// A packet in a script: direction, flags, numbers, and what it acknowledges; or
// what an ICMP message quotes.
var (
	packet = regexp.MustCompile(`^(\S+ +[<>] )(\S+) (\d+):(\d+)(\(\d+\))(!?)( ack )?(\d+)?(.*)$`)
	quote  = regexp.MustCompile(`^(.* icmp .*\[)(\d+):(\d+)(\(\d+\)\])$`)
)

// A counting is what the numbers of segments without SYN count from, as
// packetdrill has it.
type counting struct {
	ours, peers  uint32
	hasOurs      bool // ours is that of our SYN
	hasPeers     bool // peers is that of its first segment, or of its SYN,ACK if we connect
	weHaveOpened bool
}

// relative is a script with its numbers as packetdrill counts them. It is written
// with absolute ones, which are easier to think in: those of segments without SYN
// count from the SYN instead.
func relative(text string) string {
	var c counting
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if m := packet.FindStringSubmatch(line); m != nil {
			lines[i] = c.segment(m)
		} else if m := quote.FindStringSubmatch(line); m != nil {
			lines[i] = m[1] + less(m[2], c.ours) + ":" + less(m[3], c.ours) + m[4]
		}
	}
	return strings.Join(lines, "\n")
}

// segment rewrites one line, and learns from it.
func (c *counting) segment(m []string) string {
	head, flags, first, end, size, literal, ack, acked, tail := m[1], m[2], m[3], m[4], m[5], m[6], m[7], m[8], m[9]
	syn, inbound := strings.Contains(flags, "S"), strings.Contains(head, "<")
	begins := c.learn(flags, number(first), syn, inbound)
	mine, other := c.ours, c.peers
	if inbound {
		mine, other = c.peers, c.ours
	}
	switch {
	case syn:
		mine, other = 0, 0
	case begins:
		mine = 0 // packetdrill adds the number to itself, which does a reset no harm
	}
	if literal == "" {
		first, end = less(first, mine), less(end, mine)
	}
	if ack != "" {
		acked = less(acked, other)
	}
	return head + flags + " " + first + ":" + end + size + literal + ack + acked + tail
}

// learn reports whether the peer's numbers count from this segment.
func (c *counting) learn(flags string, seq uint32, syn, inbound bool) (begins bool) {
	switch {
	case inbound && !c.hasPeers && (!c.weHaveOpened || syn && strings.Contains(flags, ".")):
		c.hasPeers, c.peers = true, seq
		return true
	case !inbound && syn && !c.hasOurs:
		c.hasOurs, c.ours = true, seq
		c.weHaveOpened = !strings.Contains(flags, ".")
	}
	return false
}

func number(s string) uint32 {
	n, err := strconv.ParseUint(s, 10, 32)
	if err != nil {
		panic("BUG: a number in a script: " + err.Error())
	}
	return uint32(n)
}

func less(s string, by uint32) string { return strconv.FormatUint(uint64(number(s)-by), 10) }
