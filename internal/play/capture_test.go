package play

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
)

// The capture is read with another program's reader.
func TestCaptureHasWhatTheClientSaw(t *testing.T) {
	var file bytes.Buffer
	if err := play(t, "lifecycle", Options{}).WritePcap(&file); err != nil {
		t.Fatal(err)
	}
	r, err := pcapgo.NewNgReader(&file, pcapgo.DefaultNgReaderOptions)
	if err != nil {
		t.Fatal(err)
	}
	n, last := 0, time.Time{}
	for {
		data, ci, err := r.ReadPacketData()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		pkt := gopacket.NewPacket(data, layers.LayerTypeIPv4, gopacket.Default)
		tcp, ok := pkt.Layer(layers.LayerTypeTCP).(*layers.TCP)
		if !ok || pkt.ErrorLayer() != nil {
			t.Errorf("packet %d: %v", n, pkt)
			continue
		}
		if n == 0 && (!tcp.SYN || !ci.Timestamp.Equal(epoch)) {
			t.Errorf("the first packet is not the SYN: %v at %v", tcp, ci.Timestamp)
		}
		n, last = n+1, ci.Timestamp
	}
	if want := epoch.Add(80 * time.Millisecond); n != 9 || !last.Equal(want) {
		t.Errorf("%d packets, the last at %v; want 9, %v", n, last, want)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk is full") }

func TestCaptureThatFailsIsReported(t *testing.T) {
	if play(t, "lifecycle", Options{}).WritePcap(full{}) == nil {
		t.Error("no error")
	}
}
