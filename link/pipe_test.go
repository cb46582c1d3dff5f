package link

import (
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"syscall"
	"testing"
	"testing/synctest"
)

// packets makes one packet of each text.
func packets(texts ...string) (pkts [][]byte) {
	for _, s := range texts {
		pkts = append(pkts, []byte(s))
	}
	return pkts
}

// collect returns a receive function and the texts that it has got.
func collect() (receive func([][]byte), got *[]string) {
	got = new([]string)
	return func(pkts [][]byte) {
		for _, p := range pkts {
			*got = append(*got, string(p))
		}
	}, got
}

func start(t testing.TB, l Link, receive func([][]byte)) {
	t.Helper()
	if err := l.Start(receive); err != nil {
		t.Fatal(err)
	}
}

func send(t testing.TB, l Link, texts ...string) {
	t.Helper()
	if err := l.Send(packets(texts...)); err != nil {
		t.Fatal(err)
	}
}

func wantStats(t *testing.T, l Link, want Stats) {
	t.Helper()
	if got := l.(Counter).Stats(); got != want {
		t.Errorf("stats %+v, want %+v", got, want)
	}
}

func TestPipeCarriesBothWays(t *testing.T) {
	a, b := Pipe(0)
	ra, atA := collect()
	rb, atB := collect()
	start(t, a, ra)
	start(t, b, rb)
	send(t, a, "one", "", "two")
	send(t, b, "three")
	if !slices.Equal(*atB, []string{"one", "", "two"}) || !slices.Equal(*atA, []string{"three"}) {
		t.Errorf("at a %q, at b %q", *atA, *atB)
	}
	wantStats(t, a, Stats{Sent: 3, Received: 1})
	wantStats(t, b, Stats{Sent: 1, Received: 3})
}

func TestPacketsWaitForStart(t *testing.T) {
	a, b := Pipe(100)
	send(t, a, "one")
	send(t, a, "two")
	rb, atB := collect()
	start(t, b, rb)
	if !slices.Equal(*atB, []string{"one", "two"}) {
		t.Errorf("got %q", *atB)
	}
}

func TestSendKeepsNothing(t *testing.T) {
	a, b := Pipe(100)
	pkts := packets("before")
	if err := a.Send(pkts); err != nil {
		t.Fatal(err)
	}
	copy(pkts[0], "after!")
	rb, atB := collect()
	start(t, b, rb)
	if !slices.Equal(*atB, []string{"before"}) {
		t.Errorf("got %q", *atB)
	}
}

func TestAppendingToAPacketLeavesTheNextAlone(t *testing.T) {
	a, b := Pipe(100)
	var second string
	send(t, a, "one", "two")
	start(t, b, func(pkts [][]byte) {
		_ = append(pkts[0], "xxx"...)
		second = string(pkts[1])
	})
	if second != "two" {
		t.Errorf("the second packet became %q", second)
	}
}

func TestPacketAboveMTUIsRefusedAloneOfItsBatch(t *testing.T) {
	a, b := Pipe(4)
	rb, atB := collect()
	start(t, b, rb)
	err := a.Send(packets("one", "three", "four"))
	if !errors.Is(err, ErrTooLong) || !errors.Is(err, syscall.EMSGSIZE) {
		t.Errorf("error %v, want %v", err, ErrTooLong)
	}
	if !slices.Equal(*atB, []string{"one", "four"}) {
		t.Errorf("got %q", *atB)
	}
	wantStats(t, a, Stats{Sent: 2})
}

func TestMTUIsBounded(t *testing.T) {
	for _, c := range []struct{ ask, want int }{
		{-1, DefaultMTU}, {0, DefaultMTU}, {1, 1}, {1280, 1280}, {MaxMTU, MaxMTU}, {MaxMTU + 1, MaxMTU},
	} {
		a, b := Pipe(c.ask)
		if a.MTU() != c.want || b.MTU() != c.want {
			t.Errorf("Pipe(%d) has MTUs %d and %d, want %d", c.ask, a.MTU(), b.MTU(), c.want)
		}
	}
}

func TestDeliveriesAreAtMost64Packets(t *testing.T) {
	a, b := Pipe(100)
	var sizes []int
	if err := a.Send(make([][]byte, 150)); err != nil {
		t.Fatal(err)
	}
	start(t, b, func(pkts [][]byte) { sizes = append(sizes, len(pkts)) })
	if !slices.Equal(sizes, []int{64, 64, 22}) {
		t.Errorf("deliveries of %v packets", sizes)
	}
}

func TestFullQueueDropsAndCounts(t *testing.T) {
	for _, c := range []struct{ size, fit int }{
		{0, maxWaiting}, // bounded by packets
		{DefaultMTU, maxWaitingBytes / DefaultMTU}, // bounded by bytes
	} {
		t.Run(fmt.Sprintf("size=%d", c.size), func(t *testing.T) {
			a, b := Pipe(0)
			pkts := slices.Repeat([][]byte{make([]byte, c.size)}, c.fit+10)
			if err := a.Send(pkts); err != nil {
				t.Fatal(err)
			}
			start(t, b, func([][]byte) {})
			wantStats(t, a, Stats{Sent: uint64(c.fit) + 10, Dropped: 10})
			wantStats(t, b, Stats{Received: uint64(c.fit)})
		})
	}
}

// Two ends that answer every packet would recurse for ever if a Send inside
// receive delivered in a direction that is being delivered already.
func TestAnswersDoNotRecurse(t *testing.T) {
	const rounds = 100_000
	a, b := Pipe(100)
	n, depth, deepest := 0, 0, 0
	answer := func(l Link) func([][]byte) {
		return func(pkts [][]byte) {
			depth++
			deepest = max(deepest, depth)
			if n++; n < rounds {
				if err := l.Send(pkts); err != nil {
					t.Error(err)
				}
			}
			depth--
		}
	}
	start(t, a, answer(a))
	start(t, b, answer(b))
	send(t, a, "ping")
	if n != rounds || deepest > 2 {
		t.Errorf("%d deliveries, at most %d deep; want %d, 2 deep", n, deepest, rounds)
	}
}

func TestClosedEndSendsAndReceivesNothing(t *testing.T) {
	a, b := Pipe(100)
	ra, atA := collect()
	start(t, a, ra)
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	for what, err := range map[string]error{
		"Send": a.Send(packets("late")), "Start": a.Start(ra), "second Close": a.Close(),
	} {
		if !errors.Is(err, ErrClosed) || !errors.Is(err, net.ErrClosed) || !errors.Is(err, os.ErrClosed) {
			t.Errorf("%s: %v, want %v", what, err, ErrClosed)
		}
	}
	send(t, b, "to nobody")
	if len(*atA) != 0 {
		t.Errorf("a closed end received %q", *atA)
	}
	wantStats(t, b, Stats{Sent: 1, Dropped: 1})
}

func TestCloseDropsWhatWaitsAndKeepsWhatWasSent(t *testing.T) {
	a, b := Pipe(100)
	send(t, a, "reset") // an end's last words
	send(t, b, "lost")
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	rb, atB := collect()
	start(t, b, rb)
	if !slices.Equal(*atB, []string{"reset"}) {
		t.Errorf("got %q", *atB)
	}
	wantStats(t, b, Stats{Sent: 1, Received: 1, Dropped: 1})
}

func TestSecondStartIsRefused(t *testing.T) {
	a, _ := Pipe(100)
	start(t, a, func([][]byte) {})
	if err := a.Start(func([][]byte) {}); err != ErrStarted {
		t.Errorf("error %v, want %v", err, ErrStarted)
	}
}

// The bubble shows that Close waits, and that its wait is one that a bubble
// sees as such.
func TestCloseWaitsForReceive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := Pipe(100)
		calls, leave := 0, make(chan bool)
		start(t, b, func([][]byte) { calls++; <-leave })
		go func() { _ = a.Send(make([][]byte, 2*maxDelivery)) }()
		synctest.Wait()

		closed := false
		go func() { _ = b.Close(); closed = true }()
		synctest.Wait()
		if closed {
			t.Error("Close returned while receive was running")
		}
		leave <- true
		synctest.Wait()
		if !closed || calls != 1 {
			t.Errorf("after receive returned: closed is %v after %d calls, want true after 1", closed, calls)
		}
		wantStats(t, a, Stats{Sent: 2 * maxDelivery, Dropped: maxDelivery})
	})
}

func TestPanicInReceiveLeavesThePipeUsable(t *testing.T) {
	a, b := Pipe(100)
	rb, atB := collect()
	start(t, b, func(pkts [][]byte) {
		if string(pkts[0]) == "bad" {
			panic("receiver's bug")
		}
		rb(pkts)
	})
	func() {
		defer func() { _ = recover() }()
		send(t, a, "bad")
	}()
	send(t, a, "good")
	if !slices.Equal(*atB, []string{"good"}) {
		t.Errorf("got %q", *atB)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
}
