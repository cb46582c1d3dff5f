package congestion_test

import (
	"fmt"
	"time"

	"github.com/lastack/lastack/congestion"
)

// Steady is a congestion control of one's own, for a path whose rate is known: it
// sends at that rate, come what may. What it does not care about, an embedded
// Controller does.
type Steady struct {
	congestion.Controller
	Rate  int64 // bytes per second
	delay time.Duration
}

func (s *Steady) Acked(now time.Duration, a *congestion.Ack) {
	s.delay = a.MinRTT
	s.Controller.Acked(now, a)
}

// Window is twice what the path holds, so that it never stands in the way of the
// pace.
func (s *Steady) Window() int {
	return max(s.Controller.Window(), int(2*float64(s.Rate)*s.delay.Seconds()))
}

func (s *Steady) PacingRate() int64 { return s.Rate }
func (s *Steady) PRR() bool         { return false }
func (s *Steady) String() string    { return "steady" }

// A program brings its own congestion control as a function that makes one for
// each connection.
func ExampleController() {
	make := func() congestion.Controller {
		return &Steady{Controller: new(congestion.Reno), Rate: 1e6}
	}

	// A sender would do this.
	c := make()
	c.Init(0, 1460)
	c.Acked(50*time.Millisecond, &congestion.Ack{Acked: 1460, Delivered: 1460, MinRTT: 50 * time.Millisecond})
	fmt.Println(c, c.Window(), c.PacingRate())
	// Output: steady 100000 1000000
}

// New finds an algorithm by the name that users know it by.
func ExampleNew() {
	make, err := congestion.New("bbr")
	if err != nil {
		fmt.Println(err)
		return
	}
	c := make()
	c.Init(0, 1460)
	fmt.Println(c, c.Window())

	_, err = congestion.New("vegas")
	fmt.Println(err)
	// Output:
	// bbr 14600
	// no congestion control "vegas": there are bbr, cubic, reno
}
