package lastack

import "github.com/lastack/lastack/internal/stack"

// A FastOpen says where a stack uses fast open: data that travel in a SYN, and are
// believed because it brings a cookie that the server has given to that address
// before (RFC 7413).
type FastOpen uint8

// What there is to choose.
const (
	FastOpenDial  FastOpen = iota // by Stack.DialFast only
	FastOpenOff                   // nowhere: DialFast dials, then writes
	FastOpenServe                 // by listeners too: Accept may give connections whose handshake is not complete
)

// fastOpenModes is what package stack calls them.
var fastOpenModes = [...]stack.FastOpenMode{
	FastOpenDial: stack.FastOpenDial, FastOpenOff: stack.FastOpenOff, FastOpenServe: stack.FastOpenServe,
}
