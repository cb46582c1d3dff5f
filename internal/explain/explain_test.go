package explain

import (
	"reflect"
	"strings"
	"testing"
	"unicode"

	"github.com/lastack/lastack/fsm"
)

func TestEveryStateHasEveryTextInEveryLanguage(t *testing.T) {
	for _, l := range Langs {
		for s := range fsm.State(fsm.NumStates) {
			page := reflect.ValueOf(State(l, s))
			for i := range page.NumField() {
				name, text := page.Type().Field(i).Name, page.Field(i).String()
				ends := strings.HasSuffix(text, ".") || strings.HasSuffix(text, "。")
				if text == "" || ends == (name == "Line") {
					t.Errorf("%v, %v, %s: %q", l, s, name, text)
				}
				if chinese(text) != (l == ZH) {
					t.Errorf("%v, %v, %s is in another language: %q", l, s, name, text)
				}
			}
		}
	}
}

func TestEveryEventGuardAndActionHasAChineseName(t *testing.T) {
	seen := map[string]bool{}
	check := func(what, name string) {
		if name == "" || seen[name] || !chinese(name) && !strings.Contains(name, "Event(") {
			t.Errorf("%s is called %q", what, name)
		}
		seen[name] = true
	}
	for e := range fsm.Event(fsm.NumEvents) {
		check(e.String(), Event(ZH, e))
	}
	for g := fsm.Passive; g <= fsm.Queued; g <<= 1 {
		check(g.String(), Guard(ZH, g))
	}
	if Guard(ZH, fsm.Always) != "" || Guard(EN, fsm.Always) != "" {
		t.Error("Always has a name")
	}
	for a := fsm.SndSYN; a.String() != ""; a <<= 1 {
		check(a.String(), Action(ZH, a))
	}
}

func TestNamesInEnglishAreThoseOfTheTable(t *testing.T) {
	if got := Event(EN, fsm.RcvFIN) + "/" + Guard(EN, fsm.Queued) + "/" + Action(EN, fsm.SndFIN|fsm.DeleteTCB); got != "rcv FIN/data queued/snd FIN, delete TCB" {
		t.Error(got)
	}
	if got := Action(ZH, fsm.SndFIN|fsm.DeleteTCB); got != "发送 FIN，删除 TCB" {
		t.Error(got)
	}
}

func TestParseLang(t *testing.T) {
	for code, want := range map[string]Lang{"en": EN, "EN": EN, "en_US.UTF-8": EN, "zh": ZH, "zh-CN": ZH, "zh_CN.UTF-8": ZH, "zh-Hans": ZH} {
		if got, err := ParseLang(code); got != want || err != nil {
			t.Errorf("ParseLang(%q) = %v, %v", code, got, err)
		}
	}
	if _, err := ParseLang("fr"); err == nil || !strings.Contains(err.Error(), "en or zh") {
		t.Errorf("ParseLang(fr): %v", err)
	}
}

// The arrows of the table are ways into one state and out of another, and
// every state is reached and left.
func TestWaysAreTheArrowsOfTheTable(t *testing.T) {
	in, out := map[Way]bool{}, map[Way]bool{}
	for s := range fsm.State(fsm.NumStates) {
		for _, w := range Into(s) {
			in[w] = w.To == s && w.Transition().Next(w.From) == s
		}
		for _, w := range OutOf(s) {
			out[w] = w.From == s
		}
		for _, w := range Staying(s) {
			if w.From != s || w.To != s {
				t.Errorf("%v stays in %v", w, s)
			}
		}
		if len(Into(s)) == 0 || len(OutOf(s)) == 0 {
			t.Errorf("%v: %d ways in, %d ways out", s, len(Into(s)), len(OutOf(s)))
		}
	}
	if !reflect.DeepEqual(in, out) {
		t.Errorf("ways in %v\nways out %v", in, out)
	}
}

// §3.10 lets a reset end TIME_WAIT, RFC 1337 does not.
func TestSupersededRowsAreNoWays(t *testing.T) {
	for _, w := range OutOf(fsm.TimeWait) {
		if w.Transition().On == fsm.RcvRST {
			t.Errorf("row %d leads out of TIME_WAIT", w.Row)
		}
	}
}

func chinese(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}
