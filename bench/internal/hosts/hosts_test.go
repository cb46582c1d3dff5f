package hosts

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/lastack/lastack/bench/internal/emulate"
)

// Whatever a stack is compared for, it has to carry the bytes.
func TestStacksCarryBytesOverALossyPath(t *testing.T) {
	for _, s := range Stacks() {
		t.Run(s.Name, func(t *testing.T) {
			needRoot(t, s)
			if s.Emulated == nil {
				t.Skip("stands on links of its own only")
			}
			pair, err := s.Emulated(emulate.Path{Loss: 0.01, Reorder: 0.01}, Options{Congestion: "reno", Buffer: 1 << 20})
			if err != nil {
				t.Fatal(err)
			}
			carry(t, pair)
			if err := pair.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestStacksCarryBytesInMemory(t *testing.T) {
	for _, s := range Stacks() {
		for _, mtu := range []int{1500, 9000, 65535} {
			t.Run(fmt.Sprintf("%s/mtu=%d", s.Name, mtu), func(t *testing.T) {
				needRoot(t, s)
				pair, err := s.Memory(mtu, Options{Congestion: "reno", Buffer: 1 << 20})
				if err != nil {
					t.Fatal(err)
				}
				carry(t, pair)
				if err := pair.Close(); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// needRoot skips the test where the kernel is not ours to use.
func needRoot(t *testing.T, s *Stack) {
	t.Helper()
	if s.Name == "linux" && os.Geteuid() != 0 {
		t.Skip("needs namespaces and TUN devices: run as root, or with unshare -rn")
	}
}

// carry sends a megabyte from a to b and back.
func carry(t *testing.T, pair Pair) {
	t.Helper()
	ln, err := pair.Listen(0)
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	go func() {
		c, err := ln.Accept()
		if err != nil {
			return // Dial tells
		}
		defer c.Close()
		_, _ = io.Copy(c, c)
	}()
	c, err := pair.Dial(context.Background(), 0)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	sent := make([]byte, 1<<20)
	_, _ = rand.NewChaCha8([32]byte{}).Read(sent)
	go func() { _, _ = c.Write(sent) }()
	got := make([]byte, len(sent))
	if _, err := io.ReadFull(c, got); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, sent) {
		t.Error("what came back is not what was sent")
	}
}

func TestUnknownStacksAreRefused(t *testing.T) {
	if _, err := Named("linux,plan9"); err == nil {
		t.Error("a stack that does not exist is taken")
	}
}
