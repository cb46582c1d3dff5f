package tap_test

import (
	"bytes"
	"fmt"
	"time"

	"github.com/lastack/lastack/link"
	"github.com/lastack/lastack/link/tap"
)

// A stack on a gets its packets recorded: open the file with Wireshark, or with
// tshark -r FILE. The file is usually an *os.File.
func ExampleNew() {
	var file bytes.Buffer
	a, b := link.Pipe(1500)
	defer b.Close()

	a, err := tap.New(a, &file, tap.Name("client"))
	if err != nil {
		fmt.Println(err)
		return
	}
	_ = a.Send([][]byte{[]byte("a packet")})
	if err := a.Close(); err != nil {
		fmt.Println("the capture is not complete:", err)
	}
	fmt.Println("recorded:", bytes.Contains(file.Bytes(), []byte("a packet")))
	// Output: recorded: true
}

// A simulation writes its own times.
func ExampleWriter() {
	var file bytes.Buffer
	w, err := tap.NewWriter(&file, tap.Comment("simulated"))
	if err != nil {
		fmt.Println(err)
		return
	}
	start := time.Unix(0, 0)
	_ = w.WritePacket(start, []byte("sent"), true)
	_ = w.WritePacket(start.Add(40*time.Millisecond), []byte("received"), false)
	fmt.Println(w.Close())
	// Output: <nil>
}
