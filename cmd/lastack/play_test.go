package main

import (
	"bytes"
	"os"
	"testing"

	"github.com/lastack/lastack/internal/explain"
	"github.com/lastack/lastack/internal/sim"
	"github.com/lastack/lastack/internal/stack"
	"github.com/lastack/lastack/internal/tcp"
	"github.com/lastack/lastack/internal/wire"
)

func TestClosestName(t *testing.T) {
	names := []string{"lifecycle", "half-close", "fin-ack", "port-in-time-wait", "port-in-time-wait/bind"}
	for given, want := range map[string]string{
		"half-clsoe": "half-close", "halfclose": "half-close", "life": "lifecycle", "finack": "fin-ack",
		"port-in-time": "port-in-time-wait", "Fin-ack": "fin-ack", "LIFECYCLE": "lifecycle", "x": "", "": "", "nothing": "", "half": "half-close",
	} {
		if got := closest(given, names); got != want {
			t.Errorf("%q is taken for %q, want %q", given, got, want)
		}
	}
}

func TestShareIsReadAsPeopleWriteIt(t *testing.T) {
	for text, want := range map[string]string{"5%": "5%", "0.05": "5%", "0": "0%", "1": "100%", "100%": "100%", " 2.5% ": "2.5%"} {
		var s share
		if err := s.Set(text); err != nil || s.String() != want {
			t.Errorf("%q is %v, %v; want %s", text, s, err, want)
		}
	}
	for _, text := range []string{"", "%", "5", "-1%", "101%", "NaN", "NaN%", "five", "5%%"} {
		var s share
		if s.Set(text) == nil {
			t.Errorf("%q is taken for %v", text, s)
		}
	}
}

func TestRateIsReadAsPeopleWriteIt(t *testing.T) {
	for text, want := range map[string]string{
		"10M": "10 Mbit/s", "10Mbit/s": "10 Mbit/s", "1.5 Gbit": "1.5 Gbit/s", "64k": "64 kbit/s", "64kbps": "64 kbit/s", "1e6": "1 Mbit/s", "500": "500 bit/s", "2g": "2 Gbit/s",
	} {
		var r rate
		if err := r.Set(text); err != nil || r.String() != want {
			t.Errorf("%q is %v, %v; want %s", text, r, err, want)
		}
	}
	for _, text := range []string{"", "M", "-1M", "0", "NaN", "fast", "1e99", "10X"} {
		var r rate
		if r.Set(text) == nil {
			t.Errorf("%q is taken for %v", text, r)
		}
	}
}

func TestOnlyATerminalIsATerminal(t *testing.T) {
	file, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if isTerminal(file) || isTerminal(new(bytes.Buffer)) {
		t.Error("a file or a buffer is taken for a terminal")
	}
}

// Exit statuses are part of the interface: scripts read them.
func TestExitStatusOfPlay(t *testing.T) {
	var out, errs bytes.Buffer
	for want, args := range map[int][]string{
		exitOK:    {"play", "refused"},
		exitNo:    {"play", "refused", "-o", t.TempDir() + "/no/such/directory"},
		exitUsage: {"play", "nothing"},
	} {
		if got := run(args, nil, &out, &errs); got != want {
			t.Errorf("%v: exit status %d, want %d", args, got, want)
		}
	}
}

// Whatever the stack drops, the reason can be told in Chinese.
func TestReasonsHaveChineseNames(t *testing.T) {
	check := func(why string) {
		if why != "" && explain.Reason(explain.ZH, why) == why {
			t.Errorf("%q has no Chinese name", why)
		}
	}
	for r := tcp.Reason(1); r < tcp.NumReasons; r++ {
		check(r.String())
	}
	for r := range stack.Reason(stack.NumReasons) {
		check(r.String())
	}
	for r := wire.Reason(1); r < wire.NumReasons; r++ {
		check(r.String())
	}
	for _, why := range sim.Reasons() {
		check(why)
	}
	if explain.Reason(explain.ZH, "as yet unheard of") != "as yet unheard of" || explain.Reason(explain.EN, "no ACK") != "no ACK" {
		t.Error("an unknown reason or an English one is changed")
	}
}
