package tun_test

import (
	"fmt"
	"log"
	"net/netip"

	"github.com/lastack/lastack/link/tun"
)

// A device on which the kernel is 10.99.0.1 and every other address of
// 10.99.0.0/24 is ours: it prints the length of each packet that the kernel
// sends there. It needs root, or a namespace of its own.
func ExampleOpen() {
	dev, err := tun.Open(tun.Config{
		Name: "last0",
		Host: []netip.Prefix{netip.MustParsePrefix("10.99.0.1/24")},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer dev.Close()

	err = dev.Start(func(pkts [][]byte) {
		for _, pkt := range pkts {
			fmt.Println(dev.Name(), len(pkt))
		}
	})
	if err != nil {
		log.Fatal(err)
	}
	select {}
}

// A point-to-point device: the kernel is 10.99.0.1, we are 10.99.0.2, and the
// network 192.0.2.0/24 is behind us.
func ExampleOpen_pointToPoint() {
	dev, err := tun.Open(tun.Config{
		Host:   []netip.Prefix{netip.MustParsePrefix("10.99.0.1/32")},
		Peer:   []netip.Addr{netip.MustParseAddr("10.99.0.2")},
		Routes: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer dev.Close()
}
