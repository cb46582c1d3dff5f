package oracle

import (
	"errors"
	"io"
	"syscall"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/wire"
)

// A System is a TCP under test. During a word it has at most one listener and
// one connection, both with the tester. A Tester sees to it that calls are made
// only on what is there.
type System interface {
	// Name says whose TCP it is.
	Name() string
	// Reset ends what is left of the last word. The next one meets a system
	// that knows nothing of it.
	Reset() error
	// Call is a user's call.
	Call(c Call) Result
	// Arrive brings a segment from the tester. The system sets the ports.
	Arrive(seg *wire.Segment) error
	// Sent is the segments that the system has sent to the tester since it was
	// last asked. They are valid until any other method is called.
	Sent() ([]wire.Segment, error)
	// State is that of whatever would receive the tester's next segment: the
	// connection, otherwise the listener, otherwise CLOSED.
	State() (fsm.State, error)
}

// A Result is what a call gives to the user.
type Result string

// The results.
const (
	NoObject Result = ""         // no call, or nothing that it could be made on
	OK       Result = "ok"       // done, or begun
	Text     Result = "text"     // Read: there were bytes
	EOF      Result = "eof"      // Read: the peer sends no more
	NotYet   Result = "not yet"  // Accept, Read: nothing there
	Refused  Result = "refused"  // the peer refused the connection
	WasReset Result = "reset"    // the peer reset the connection
	NotOpen  Result = "not open" // there is no connection
	Closing  Result = "closing"  // SEND after CLOSE, or to a peer that is gone
	Exists   Result = "exists"   // there is a connection or a listener already
	Dead     Result = "dead"     // an earlier call has told the user that the connection is gone
)

// errText stands for the bytes that a Read gave.
var errText = errors.New("text")

// resultOf is what a call of either system returned, as a Result.
func resultOf(err error) Result {
	for _, r := range []struct {
		err error
		is  Result
	}{
		{errText, Text},
		{io.EOF, EOF},
		{syscall.EINPROGRESS, OK},
		{syscall.EAGAIN, NotYet},
		{syscall.ECONNREFUSED, Refused},
		{syscall.ECONNRESET, WasReset},
		{syscall.ENOTCONN, NotOpen},
		{syscall.EPIPE, Closing},
		{syscall.EISCONN, Exists},
		{syscall.EADDRINUSE, Exists},
		{syscall.EADDRNOTAVAIL, Exists},
	} {
		if errors.Is(err, r.err) {
			return r.is
		}
	}
	if err != nil {
		return Result(err.Error())
	}
	return OK
}
