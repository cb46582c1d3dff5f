package lastack_test

import (
	"errors"
	"net/netip"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lastack/lastack"
	"github.com/lastack/lastack/link"
)

// SHLD-9, MUST-47: a peer that does not answer is told of while the connection
// still tries.
func TestReportOfAPeerThatDoesNotAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b, gateA, _ := gatedPipe(t, lastack.Config{})
		c, _ := connect(t, a, b)
		var got []lastack.Report
		must(t, c.SetReport(func(r lastack.Report) {
			got = append(got, r)
			_ = c.Info() // nothing is locked
		}))
		gateA.shut.Store(true)
		must(t, second(c.Write([]byte("x"))))
		time.Sleep(time.Minute)
		synctest.Wait()
		if len(got) != 1 || !errors.Is(got[0].Err, syscall.EAGAIN) || c.Info().Trouble != got[0].Err {
			t.Errorf("reports %v, trouble %v; want one, that nothing was answered", got, c.Info().Trouble)
		}
		gateA.shut.Store(false)
		time.Sleep(time.Minute)
		synctest.Wait()
		if err := c.Info().Trouble; err != nil {
			t.Errorf("after the answer: %v", err)
		}
	})
}

// MUST-30, MUST-32, MUST-33: the user learns of urgent data before he reads, and
// how far they go.
func TestReportOfUrgentData(t *testing.T) {
	connected(t, func(t *testing.T, c, s *lastack.Conn) {
		var got []lastack.Report
		must(t, s.SetReport(func(r lastack.Report) { got = append(got, r) }))
		must(t, second(c.Write([]byte("calm"))))
		time.Sleep(time.Second)
		synctest.Wait()
		must(t, second(c.WriteUrgent([]byte("now"))))
		time.Sleep(time.Second)
		synctest.Wait()
		if len(got) != 1 || got[0].Urgent != 7 || got[0].Err != nil || s.Info().Urgent != 7 {
			t.Errorf("reports %v, %d urgent; want one of 7 bytes", got, s.Info().Urgent)
		}
		must(t, second(s.Read(make([]byte, 5))))
		if n := s.Info().Urgent; n != 2 {
			t.Errorf("%d bytes are still urgent, want 2", n)
		}
	})
}

// SHLD-20: reports can be turned off.
func TestNoReport(t *testing.T) {
	connected(t, func(t *testing.T, c, s *lastack.Conn) {
		must(t, s.SetReport(func(r lastack.Report) { t.Errorf("report %v", r) }))
		must(t, s.SetReport(nil))
		must(t, second(c.WriteUrgent([]byte("now"))))
		time.Sleep(time.Second)
		synctest.Wait()
	})
}

// headers is a link that looks at the IPv4 packet that was sent last.
type headers struct {
	link.Link
	ttl, dscp uint8
}

func (h *headers) Send(pkts [][]byte) error {
	last := pkts[len(pkts)-1]
	h.dscp, h.ttl = last[1]>>2, last[8]
	return h.Link.Send(pkts)
}

// MUST-48, MUST-49: a stack's packets have the TTL and the codepoint that it was
// given, and a connection may change the latter.
func TestHeaderFieldsAreConfigurable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		left, right := link.Pipe(0)
		seen := &headers{Link: left}
		stack := func(l link.Link, addr string) *lastack.Stack {
			s, err := lastack.New(l, lastack.Config{Addrs: []netip.Prefix{netip.MustParsePrefix(addr)}, TTL: 9, DSCP: 10})
			must(t, err)
			t.Cleanup(func() { s.Close() })
			return s
		}
		c, _ := connect(t, stack(seen, client4+"/24"), stack(right, server4+"/24"))
		if seen.ttl != 9 || seen.dscp != 10 {
			t.Errorf("TTL %d, codepoint %d; want 9 and 10", seen.ttl, seen.dscp)
		}
		must(t, c.SetDSCP(46))
		must(t, second(c.Write([]byte("x"))))
		if seen.dscp != 46 {
			t.Errorf("codepoint %d, want 46", seen.dscp)
		}
		if err := c.SetDSCP(64); !errors.Is(err, syscall.EINVAL) {
			t.Errorf("codepoint 64: %v, want EINVAL", err)
		}
	})
}
