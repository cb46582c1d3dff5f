package recovery

import (
	"testing"
	"time"

	"github.com/lastack/lastack/congestion"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/seq"
)

// tried is a sender that has sent a trial of 150 bytes and four segments of 100
// after it, a round trip of 10 ms ago.
func tried(t *testing.T) (s *Sender, now clock.Time) {
	t.Helper()
	s, now = new(Sender), clock.Time(time.Second)
	s.Init(new(Pool), new(congestion.Reno))
	s.cc.Init(0, 100)
	s.SetMSS(100)
	s.Use(true, false, false)
	s.Sent(now, 0, 150)
	s.Try(0, 150)
	for n := seq.Num(150); n < 550; n += 100 {
		s.Sent(now, n, n+100)
	}
	return s, now.Add(10 * time.Millisecond)
}

// report lets an acknowledgment come, with one block if it is not empty.
func report(s *Sender, now clock.Time, una seq.Num, b Block) {
	a := Ack{Una: una, Nxt: 550, Blocks: [MaxBlocks]Block{b}, Echo: NoEcho}
	if b.Len() > 0 {
		a.N = 1
	}
	d := s.Deliver(now, &a)
	s.Judge(now, &a, &d, 10*time.Millisecond, true)
}

func TestTrialThatIsDeliveredHasArrived(t *testing.T) {
	for name, say := range map[string]func(s *Sender, now clock.Time){
		"acknowledged":      func(s *Sender, now clock.Time) { report(s, now, 150, Block{}) },
		"with what follows": func(s *Sender, now clock.Time) { report(s, now, 550, Block{}) },
		"sacked":            func(s *Sender, now clock.Time) { report(s, now, 0, Block{0, 150}) },
	} {
		s, now := tried(t)
		if arrived, failed := s.Tried(); arrived || failed {
			t.Errorf("%s: arrived %v, failed %v before anything was said", name, arrived, failed)
		}
		say(s, now)
		if arrived, failed := s.Tried(); !arrived || failed {
			t.Errorf("%s: arrived %v, failed %v", name, arrived, failed)
		}
		if arrived, failed := s.Tried(); arrived || failed {
			t.Errorf("%s: it is told twice", name)
		}
	}
}

// RFC 4821 §7.5: a lost trial begins no recovery, and the congestion window stays.
func TestLostTrialBeginsNoRecovery(t *testing.T) {
	s, now := tried(t)
	window := s.cc.Window()
	report(s, now, 0, Block{150, 550})
	if arrived, failed := s.Tried(); arrived || !failed {
		t.Fatalf("arrived %v, failed %v", arrived, failed)
	}
	if s.Phase() != Open || s.cc.Window() < window {
		t.Errorf("phase %v, window %d after %d", s.Phase(), s.cc.Window(), window)
	}
	for _, want := range []Block{{0, 100}, {100, 150}} {
		start, end, ok := s.NextLost()
		if got := (Block{start, end}); !ok || got != want {
			t.Fatalf("%v goes out again, want %v", got, want)
		}
		s.Resent(now, start, end)
	}
	if err := s.Check(0, 550); err != nil {
		t.Error(err)
	}
}

// What a trial carried is lost like anything else when it is lost again, and so is
// what was lost beside it.
func TestLossBesideATrialBeginsARecovery(t *testing.T) {
	s, now := tried(t)
	report(s, now, 0, Block{250, 550})
	if s.Phase() != Recovery {
		t.Errorf("phase %v after the segment behind the trial was lost too", s.Phase())
	}

	s, now = tried(t)
	report(s, now, 0, Block{150, 550})
	start, end, _ := s.NextLost()
	s.Resent(now, start, end)
	s.lose(s.board.front())
	if !s.harmed() {
		t.Error("that it was lost again says nothing")
	}
}
