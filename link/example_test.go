package link_test

import (
	"fmt"

	"github.com/lastack/lastack/link"
)

// Two ends in one program: what one sends, the other receives.
func ExamplePipe() {
	a, b := link.Pipe(1500)
	defer a.Close()
	defer b.Close()

	_ = b.Start(func(pkts [][]byte) {
		for _, pkt := range pkts {
			fmt.Printf("b received %q\n", pkt)
		}
	})
	if err := a.Send([][]byte{[]byte("one packet"), []byte("another")}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// b received "one packet"
	// b received "another"
}

// A lossy is a link that loses every n-th packet it is given: a link of one's
// own is often another link with something changed.
type lossy struct {
	link.Link
	n, count int
}

func (l *lossy) Send(pkts [][]byte) error {
	var kept [][]byte
	for _, pkt := range pkts {
		if l.count++; l.count%l.n != 0 {
			kept = append(kept, pkt)
		}
	}
	return l.Link.Send(kept)
}

func ExampleLink() {
	a, b := link.Pipe(1500)
	_ = b.Start(func(pkts [][]byte) { fmt.Printf("%s\n", pkts) })

	l := &lossy{Link: a, n: 3}
	_ = l.Send([][]byte{[]byte("1"), []byte("2"), []byte("3"), []byte("4")})
	// Output: [1 2 4]
}
