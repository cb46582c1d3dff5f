package trace

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// MarshalText writes the name of String.
func (k Kind) MarshalText() ([]byte, error) { return marshal(k, kindNames[:]) }

// UnmarshalText reads the name of String.
func (k *Kind) UnmarshalText(text []byte) error { return unmarshal(k, text, "kind", kindNames[:]) }

// MarshalText writes the name of String.
func (k TimerKind) MarshalText() ([]byte, error) { return marshal(k, timerNames[:]) }

// UnmarshalText reads the name of String.
func (k *TimerKind) UnmarshalText(text []byte) error {
	return unmarshal(k, text, "timer", timerNames[:])
}

// MarshalText writes the name of String.
func (o TimerOp) MarshalText() ([]byte, error) { return marshal(o, opNames[:]) }

// UnmarshalText reads the name of String.
func (o *TimerOp) UnmarshalText(text []byte) error { return unmarshal(o, text, "op", opNames[:]) }

// MarshalText writes the name of String. NotECT has none.
func (e ECN) MarshalText() ([]byte, error) { return marshal(e, ecnNames[:]) }

// UnmarshalText reads the name of String.
func (e *ECN) UnmarshalText(text []byte) error {
	return unmarshal(e, text, "ECN codepoint", ecnNames[:])
}

// marshal is the name of v, one of names; the zero value has none.
func marshal[T ~uint8](v T, names []string) ([]byte, error) {
	if int(v) >= len(names) || names[v] == "" {
		return nil, fmt.Errorf("trace: %T %d has no name", v, v)
	}
	return []byte(names[v]), nil
}

// unmarshal sets v to the value that text names.
func unmarshal[T ~uint8](v *T, text []byte, what string, names []string) error {
	for i, name := range names {
		if name != "" && name == string(text) {
			*v = T(i)
			return nil
		}
	}
	return fmt.Errorf("trace: unknown %s %q; it is one of %s", what, text, strings.Join(names[1:], ", "))
}

// MarshalText writes the names of String.
func (f Flags) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText reads the names of String, in any order.
func (f *Flags) UnmarshalText(text []byte) error {
	*f = 0
	if string(text) == "none" {
		return nil
	}
next:
	for name := range strings.SplitSeq(string(text), ",") {
		for i, known := range flagNames {
			if name == known {
				*f |= 1 << i
				continue next
			}
		}
		return fmt.Errorf("trace: unknown flag %q; the flags are %s", name, strings.Join(flagNames[:], ", "))
	}
	return nil
}

// MarshalText writes the name of String.
func (c Conn) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads what ParseConn reads.
func (c *Conn) UnmarshalText(text []byte) (err error) {
	*c, err = ParseConn(string(text))
	return err
}

// ParseConn reads the form of String: "10.0.0.1:40000>10.0.0.2:80",
// "[::]:80>*" or "*:80>*".
func ParseConn(s string) (c Conn, err error) {
	local, remote, ok := strings.Cut(s, ">")
	if !ok {
		return c, fmt.Errorf("trace: %q is not a connection; write it as local>remote", s)
	}
	if c.Local, err = parseEnd(local); err == nil {
		c.Remote, err = parseEnd(remote)
	}
	if err != nil {
		return Conn{}, fmt.Errorf("trace: connection %q: %w", s, err)
	}
	return c, nil
}

// endString is an address and port; "*" stands for what is not given.
func endString(ap netip.AddrPort) string {
	switch {
	case ap.IsValid():
		return ap.String()
	case ap.Port() != 0:
		return "*:" + strconv.Itoa(int(ap.Port()))
	}
	return "*"
}

// parseEnd reads what endString writes.
func parseEnd(s string) (netip.AddrPort, error) {
	if s == "*" {
		return netip.AddrPort{}, nil
	}
	if port, ok := strings.CutPrefix(s, "*:"); ok {
		n, err := strconv.ParseUint(port, 10, 16)
		return netip.AddrPortFrom(netip.Addr{}, uint16(n)), err
	}
	return netip.ParseAddrPort(s)
}
