package tcp

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/lastack/lastack/internal/seq"
	"github.com/lastack/lastack/internal/wire"
)

// sacked is how scripts about SACK begin: the peer permits it.
const sacked = `
	passive
	< S 0:0(0) win 65535 <mss 1000,sackOK>
	> S. 0:0(0) ack 1 <mss 1460,sackOK>
	< . 1:1(0) ack 1
`

// RFC 2018 §4: the first block has the segment that has just come, the next ones
// those that changed before it, and each is told as it is now.
func TestSACKTellsLatestFirst(t *testing.T) {
	exchange(t, sacked+`
		< P. 101:201(100) ack 1
		> . 1:1(0) ack 1 <sack 101:201>
		< P. 301:401(100) ack 1
		> . 1:1(0) ack 1 <sack 301:401 101:201>
		< P. 201:251(50) ack 1                     # the first one grows
		> . 1:1(0) ack 1 <sack 101:251 301:401>
		< P. 501:601(100) ack 1
		> . 1:1(0) ack 1 <sack 501:601 101:251 301:401>
		< P. 701:801(100) ack 1
		> . 1:1(0) ack 1 <sack 701:801 501:601 101:251 301:401>
		< P. 901:1001(100) ack 1                   # five: the one that changed longest ago is left out
		> . 1:1(0) ack 1 <sack 901:1001 701:801 501:601 101:251>
		< P. 1:101(100) ack 1                      # the first gap is filled
		> . 1:1(0) ack 251 <sack 901:1001 701:801 501:601>
		< P. 401:501(100) ack 1                    # two become one
		> . 1:1(0) ack 251 <sack 301:601 901:1001 701:801>
		< P. 251:1001(750) ack 1
		> . 1:1(0) ack 1001 <sack 301:601>         # which had come before: RFC 2883
		< P. 1001:1101(100) ack 1
		wait 40ms
		> . 1:1(0) ack 1101 <>
	`)
}

// Beside timestamps there is room for three blocks (RFC 2018 §3).
func TestThreeBlocksBesideTimestamps(t *testing.T) {
	var o wire.Options
	o.HasTS, o.NSACK = true, maxSACK
	seg := wire.Segment{Flags: wire.ACK, Opts: o}
	b := make([]byte, 100)
	n := seg.Put(b)
	var back wire.Segment
	if why := wire.ParseTCP(b[:n], &back); why != wire.OK || back.Opts.NSACK != 3 {
		t.Errorf("%d blocks beside timestamps (%v), want 3", back.Opts.NSACK, why)
	}
}

// RFC 2018 §2: blocks go only to a peer that permits them.
func TestNoSACKUnlessPermitted(t *testing.T) {
	exchange(t, `
		state ESTABLISHED
		< P. 101:201(100) ack 1
		> . 1:1(0) ack 1 <>
		< P. 101:201(100) ack 1
		> . 1:1(0) ack 1 <>
	`)
}

// A FIN beyond a gap is told too, for its number counts like text's.
func TestSACKTellsFIN(t *testing.T) {
	exchange(t, sacked+`
		< F. 101:201(100) ack 1
		> . 1:1(0) ack 1 <sack 101:202>
		< P. 1:101(100) ack 1
		> . 1:1(0) ack 202 <>
		= CLOSE_WAIT
	`)
	exchange(t, sacked+`
		< F. 101:101(0) ack 1
		> . 1:1(0) ack 1 <sack 101:102>
		< P. 51:101(50) ack 1
		> . 1:1(0) ack 1 <sack 51:102>
	`)
}

// RFC 2883 §4.1: a duplicate below the cumulative acknowledgment is the first
// block, once, and the stretches beyond the gap follow.
func TestDSACKBelowACK(t *testing.T) {
	exchange(t, sacked+`
		< P. 1:101(100) ack 1
		wait 40ms
		> . 1:1(0) ack 101
		< P. 1:101(100) ack 1
		> . 1:1(0) ack 101 <sack 1:101>
		< P. 201:301(100) ack 1
		> . 1:1(0) ack 101 <sack 201:301>
		< P. 51:101(50) ack 1
		> . 1:1(0) ack 101 <sack 51:101 201:301>
	`)
}

// RFC 2883 §4.1: of a duplicate beyond the gap the second block tells the stretch
// that it is part of.
func TestDSACKBeyondGap(t *testing.T) {
	exchange(t, sacked+`
		< P. 101:201(100) ack 1
		> . 1:1(0) ack 1 <sack 101:201>
		< P. 301:501(200) ack 1
		> . 1:1(0) ack 1 <sack 301:501 101:201>
		< P. 121:141(20) ack 1
		> . 1:1(0) ack 1 <sack 121:141 101:201 301:501>
		< P. 301:501(200) ack 1
		> . 1:1(0) ack 1 <sack 301:501 301:501 101:201>
	`)
}

// RFC 2883 §4.2: of a segment that is partly a duplicate that part is told, and if
// there are two such parts the first.
func TestDSACKOfPart(t *testing.T) {
	exchange(t, sacked+`
		< P. 1:101(100) ack 1
		wait 40ms
		> . 1:1(0) ack 101
		< P. 51:151(100) ack 1                    # half of it is new
		> . 1:1(0) ack 151 <sack 51:101>
		< P. 201:301(100) ack 1
		> . 1:1(0) ack 151 <sack 201:301>
		< P. 251:351(100) ack 1                   # half of it is new
		> . 1:1(0) ack 151 <sack 251:301 201:351>
		< P. 401:501(100) ack 1
		> . 1:1(0) ack 151 <sack 401:501 201:351>
		< P. 301:451(150) ack 1                   # a duplicate at each end
		> . 1:1(0) ack 151 <sack 301:351 201:501>
	`)
}

// What fills the gap and brings something again tells both at once.
func TestDSACKWithFilledGap(t *testing.T) {
	exchange(t, sacked+`
		< P. 101:201(100) ack 1
		> . 1:1(0) ack 1 <sack 101:201>
		< P. 1:151(150) ack 1
		> . 1:1(0) ack 201 <sack 101:151>
	`)
}

// Blocks go before text that would leave no room for them, and beside text that
// does. The segment stays within the path's MTU.
func TestSACKBesideText(t *testing.T) {
	exchange(t, sacked+`
		<< P. 101:201(100) ack 1
		write 2000
		> . 1:1(0) ack 1 <sack 101:201>
		> . 1:1001(1000) ack 1 <>
		> P. 1001:2001(1000) ack 1 <>
		write 988
		> P. 2001:2989(988) ack 1 <sack 101:201>
		write 989
		> P. 2989:3978(989) ack 1 <>
	`)
}

// Whatever comes in whatever order: every block is text that is in the queue, the
// blocks are different, and none but a duplicate is below the acknowledgment.
func TestSACKIsTrue(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	for range 50 {
		e := exchange(t, sacked)
		have := make([]bool, 2000)
		for range 60 {
			left := rnd.IntN(1500)
			n := 1 + rnd.IntN(100)
			seg := wire.Segment{Flags: wire.ACK, Seq: theirISS + 1 + seq.Num(left), Ack: ourISS + 1, Wnd: 65535, Payload: make([]byte, n)}
			again := slices.Contains(have[left:left+n], true)
			for i := range n {
				have[left+i] = true
			}
			e.did(e.c.Arrive(e.now, &seg))
			for _, out := range e.out {
				blocksAreTrue(t, have, &out, again)
			}
			e.out = nil
		}
	}
}

// blocksAreTrue checks the SACK blocks of a segment against the text that has come.
func blocksAreTrue(t *testing.T, have []bool, out *wire.Segment, again bool) {
	t.Helper()
	blocks := out.Opts.SACK[:out.Opts.NSACK]
	for i, b := range blocks {
		left, right := b.Left.Sub(theirISS+1), b.Right.Sub(theirISS+1)
		if left >= right || slices.Contains(have[left:right], false) {
			t.Fatalf("block %d:%d was not received", left, right)
		}
		dup := i == 0 && again
		if !dup && b.Left.Before(out.Ack) {
			t.Fatalf("block %d:%d is below the acknowledgment %d", left, right, out.Ack.Sub(theirISS+1))
		}
		if !dup && (have[left-1] || have[right]) {
			t.Fatalf("block %d:%d is not the whole stretch", left, right)
		}
		if !dup && slices.Contains(blocks[i+1:], b) {
			t.Fatalf("block %d:%d is told twice", left, right)
		}
	}
}
