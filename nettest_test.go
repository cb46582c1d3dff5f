package lastack_test

import (
	"net"
	"testing"

	"golang.org/x/net/nettest"

	"github.com/lastack/lastack"
)

func TestConnKeepsTheContractOfNetConn(t *testing.T) {
	for name, host := range map[string]string{"ipv4": server4, "ipv6": server6} {
		t.Run(name, func(t *testing.T) {
			nettest.TestConn(t, func() (c1, c2 net.Conn, stop func(), err error) {
				return netPipe(net.JoinHostPort(host, "80"))
			})
		})
	}
}

// netPipe makes what nettest.TestConn asks for.
func netPipe(address string) (c1, c2 net.Conn, stop func(), err error) {
	client, server := lastack.Pipe()
	stop = func() {
		client.Close()
		server.Close()
	}
	ln, err := server.Listen("tcp", address)
	if err != nil {
		return nil, nil, stop, err
	}
	if c1, err = client.Dial("tcp", address); err != nil {
		return nil, nil, stop, err
	}
	c2, err = ln.Accept()
	return c1, c2, stop, err
}
