package drill

import (
	"errors"
	"net/netip"
	"strings"
	"time"

	"github.com/lastack/lastack/trace"
)

// A target is the TCP under test. Times count from the start of the script.
type target interface {
	// begin is called when the init command is done: this is time 0.
	begin()
	// now is the time.
	now() time.Duration
	// sleep lets time pass until then. What is due at that very moment has not
	// happened when it returns.
	sleep(until time.Duration)
	// inject gives the TCP a packet.
	inject(pkt []byte) error
	// receive is the next packet that the TCP has sent. It waits until the
	// deadline; ok tells whether one came.
	receive(deadline time.Duration) (p captured, ok bool)
	// start begins a system call. One runs at a time.
	start(c *syscallArgs)
	// wait is the end of the call that start began; ok tells whether it came
	// before the deadline.
	wait(deadline time.Duration) (r syscallResult, ok bool)
	// command runs a shell command, or does what it would have done.
	command(text string) error
	// info is the fields of TCP_INFO of a connection.
	info(fd int, local, remote netip.AddrPort) (map[string]int64, error)
	// events is what happened, for a picture.
	events() []trace.Event
	// close ends the run.
	close()
}

// captured is a packet that the TCP under test has sent.
type captured struct {
	at  time.Duration
	pkt []byte
}

// A needError says that the target does not have what a script needs. The
// script is then not run, or not run to its end.
type needError struct{ what []string }

// Error lists what is needed.
func (e *needError) Error() string { return "needs " + strings.Join(e.what, ", ") }

// need is a needError for one thing.
func need(what string) error { return &needError{[]string{what}} }

// needsOf is what an error says to be missing; nil if it says something else.
func needsOf(err error) []string {
	var n *needError
	if errors.As(err, &n) {
		return n.what
	}
	return nil
}
