package oracle

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/lastack/lastack/internal/wire"
)

// A Call is something that the user does.
type Call uint8

// The calls. Each works on the word's one connection or its one listener.
const (
	NoCall   Call = iota // the symbol is a segment
	Listen               // passive OPEN
	Connect              // active OPEN to the tester
	Accept               // take the connection that the tester has opened
	Send                 // SEND of TextLen bytes
	Read                 // RECEIVE of all that waits
	Shutdown             // CLOSE (§3.10.4): no more SENDs, the user goes on reading
	Close                // the user goes away; the listener is closed if there is no connection
	Abort                // ABORT: close with a linger time of zero

	numCalls = iota
)

var callNames = [numCalls]string{"", "listen", "connect", "accept", "send", "read", "shutdown", "close", "abort"}

// String is the call as words have it.
func (c Call) String() string { return callNames[c] }

// A Place is where a segment's sequence number falls, seen from RCV.NXT.
type Place uint8

// The places.
const (
	Exact    Place = iota // SEG.SEQ = RCV.NXT
	InWindow              // windowStep right of RCV.NXT: in the window, behind a gap
	OldSeq                // the segment ends at RCV.NXT, or just before if it is empty: a duplicate
	Beyond                // right of any window

	numPlaces = iota
)

var placeNames = [numPlaces]string{"", "@in", "@old", "@beyond"}

// An Acked is what a segment acknowledges.
type Acked uint8

// The acknowledgments.
const (
	Good    Acked = iota // SEG.ACK = SND.NXT: everything
	Una                  // SEG.ACK = SND.UNA: nothing new
	OldAck               // left of SND.UNA
	Unsent               // right of SND.NXT
	Ancient              // left of SND.UNA by more than any window

	numAcked = iota
)

var ackedNames = [numAcked]string{"", "^una", "^old", "^unsent", "^ancient"}

// How far the segments of a class are from what they are named after, in
// sequence numbers.
const (
	TextLen    = 10      // bytes of text in a SEND, and in a segment with text
	windowStep = 100     // InWindow: more than any word sends, less than any window
	farOff     = 1 << 20 // Beyond, Unsent, Ancient: more than any window without scaling
)

// A Symbol is one letter of a word: a call, or a segment from the tester.
type Symbol struct {
	Call  Call
	Flags wire.Flags
	Seq   Place
	Ack   Acked // meaningful with the ACK bit
	Text  bool  // TextLen bytes
}

// String is the symbol in packetdrill's letters: "S", "F.@old", ".+10^una",
// "-" without flags; or the name of the call.
func (s Symbol) String() string {
	if s.Call != NoCall {
		return s.Call.String()
	}
	text := ""
	if s.Text {
		text = "+" + strconv.Itoa(TextLen)
	}
	return s.Flags.String() + text + placeNames[s.Seq] + ackedNames[s.Ack]
}

// A Word is what happens to a system, in order.
type Word []Symbol

// String is the symbols with spaces between them.
func (w Word) String() string {
	parts := make([]string, len(w))
	for i, s := range w {
		parts[i] = s.String()
	}
	return strings.Join(parts, " ")
}

// ParseWord reads what Word.String writes.
func ParseWord(text string) (w Word, err error) {
	for _, field := range strings.Fields(text) {
		s, err := parseSymbol(field)
		if err != nil {
			return nil, err
		}
		w = append(w, s)
	}
	return w, nil
}

// MustWord is ParseWord for words that are written in the program.
func MustWord(text string) Word {
	w, err := ParseWord(text)
	if err != nil {
		panic("BUG: " + err.Error())
	}
	return w
}

func parseSymbol(field string) (s Symbol, err error) {
	for c := NoCall + 1; c < numCalls; c++ {
		if field == c.String() {
			return Symbol{Call: c}, nil
		}
	}
	rest := field
	rest, s.Ack = cutClass[Acked](rest, ackedNames[:])
	rest, s.Seq = cutClass[Place](rest, placeNames[:])
	rest, s.Text = strings.CutSuffix(rest, "+"+strconv.Itoa(TextLen))
	if s.Flags, err = parseFlags(rest); err != nil {
		return s, fmt.Errorf("no symbol is called %q: give a call (%s) or a segment such as S, F., .+%d, R@in, .^una",
			field, strings.Join(callNames[1:], ", "), TextLen)
	}
	return s, nil
}

// cutClass cuts the name of a class off the end of text.
func cutClass[C ~uint8](text string, names []string) (rest string, class C) {
	for i, name := range names {
		if name != "" && strings.HasSuffix(text, name) {
			return strings.TrimSuffix(text, name), C(i)
		}
	}
	return text, 0
}

// flagLetters is the letters of wire.Flags.String.
var flagLetters = map[rune]wire.Flags{
	'F': wire.FIN, 'S': wire.SYN, 'R': wire.RST, 'P': wire.PSH, 'U': wire.URG, '.': wire.ACK,
}

func parseFlags(text string) (f wire.Flags, err error) {
	if text == "" {
		return 0, fmt.Errorf("no flags")
	}
	if text == "-" {
		return 0, nil
	}
	for _, letter := range text {
		bit, ok := flagLetters[letter]
		if !ok {
			return 0, fmt.Errorf("no flag is written %q", letter)
		}
		f |= bit
	}
	return f, nil
}
