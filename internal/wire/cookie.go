package wire

// The lengths of a fast open cookie, in bytes (RFC 7413 §4.1.1).
const (
	leastCookie = 4
	mostCookie  = 16
)

// validCookie reports whether n bytes may be a cookie; none ask for one.
func validCookie(n int) bool {
	return n == 0 || n >= leastCookie && n <= mostCookie && n%2 == 0
}

// optionLen is the bytes of the option with this cookie, filled to whole words.
func (c *Cookie) optionLen() int { return (2 + int(c.N) + 3) &^ 3 }

// put writes the option to b, and returns what is behind it.
func (c *Cookie) put(b []byte) []byte {
	n := c.optionLen()
	b[0], b[1] = optFO, 2+c.N
	for i := 2 + copy(b[2:], c.B[:c.N]); i < n; i++ {
		b[i] = optNop
	}
	return b[n:]
}
