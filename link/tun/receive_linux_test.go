package tun

import "testing"

// Who asks gets the kernel's answer without a goroutine, and nothing when there
// is nothing.
func TestReceiveDoesNotWait(t *testing.T) {
	inNamespace(t, func() {
		d, err := Open(dual)
		if err != nil {
			t.Error(err)
			return
		}
		defer closeDevice(t, d)
		buf := make([]byte, d.MTU())
		for n, err := d.Receive(buf); n > 0 || err != nil; n, err = d.Receive(buf) {
			if err != nil {
				t.Error(err)
				return
			}
		}
		p := pairs[0]
		request := echo{p.ours, p.kernel, p.request, "are you there?"}
		if err := d.Send([][]byte{request.packet()}); err != nil {
			t.Error(err)
		}
		n, err := d.Receive(buf)
		if got, ok := parseEcho(buf[:n]); err != nil || !ok || got.typ != p.reply {
			t.Errorf("received %+v, %v; want the kernel's answer", got, err)
		}
	})
}
