package drill

import (
	"testing"
	"time"
)

// Whatever a script says, running it against lastack neither panics nor hangs.
func FuzzRun(f *testing.F) {
	for _, src := range files() {
		f.Add(src.Text)
	}
	for i, src := range cases() {
		if i%200 == 0 { // thousands of seeds that are much alike would take all the time there is
			f.Add(src.Text)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		begun := time.Now()
		Run(Source{"fuzz.pkt", text}, Options{})
		if d := time.Since(begun); d > 10*time.Second {
			t.Errorf("it runs for %v", d)
		}
	})
}

// Whatever a command says, reading it neither panics nor makes a setting that
// has no name.
func FuzzCommand(f *testing.F) {
	f.Add("sysctl -q net.ipv4.tcp_sack=0 \\\n net.ipv4.tcp_rmem=\"4096 540000 15728640\" > /dev/null 2>&1")
	f.Add("../common/set_sysctls.py /proc/sys/net/ipv4/tcp_ecn=0; ./defaults.sh && true")
	f.Add("sockstat -4 -P tcp -s -p 8080 | grep 192 | grep -c TIME_WAIT | grep -q 1")
	f.Fuzz(func(t *testing.T, text string) {
		_, _ = parseStateQuery(text)
		settings, err := parseSettings(text, func(string) (string, error) { return text, nil })
		for _, s := range settings {
			if s.name == "" || err != nil {
				t.Errorf("%q sets %+v (%v)", text, s, err)
			}
		}
	})
}
