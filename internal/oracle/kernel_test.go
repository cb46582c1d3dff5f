package oracle

import (
	"context"
	"testing"
	"time"

	"github.com/lastack/lastack/internal/wire"
)

// needKernel skips the test where the kernel cannot be asked.
func needKernel(t *testing.T) {
	t.Helper()
	if err := Available(); err != nil {
		t.Skip(err)
	}
}

// newLastack makes lastack as it is.
func newLastack() System { return &Lastack{} }

// Whatever lastack does differently from Linux, there is a reason for in the
// table. The command runs more words: lastack diff.
func TestLastackDoesAsLinux(t *testing.T) {
	needKernel(t)
	ctx, cancel := context.WithTimeout(context.Background(), 45*time.Second)
	defer cancel()
	r, err := Campaign(ctx, Plan{Words: 20_000, Depth: 2, Seed: 1}, newLastack)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d words, %d steps, %d cells, %d rows, noise %d", r.Words, r.Steps, r.Cells, len(r.Rows), r.Noise)
	for _, f := range r.Findings {
		t.Errorf("%v\n%s", f, f.Script)
	}
	if r.Cut || r.Words != 20_000 {
		t.Errorf("%d words in the time there was, want 20000", r.Words)
	}
}

// Each entry of the table shows in its example, and in no step before the last.
func TestEveryDeviationShows(t *testing.T) {
	needKernel(t)
	err := WithKernel(func(k *Kernel) error {
		p := NewPair(newLastack(), k)
		for _, d := range Deviations {
			if d.Timed {
				continue
			}
			v, err := p.Compare(d.Example)
			switch {
			case err != nil:
				t.Errorf("%s: %v", d.Name, err)
			case v.Different != nil:
				t.Errorf("%s: %v is not explained", d.Name, Finding{Moment: v.Different})
			case len(v.Explained) != 1 || v.Explained[0].Name != d.Name:
				t.Errorf("%s: %q is explained by %v", d.Name, d.Example, names(v.Explained))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The one entry that takes its time: a SYN that got a bad answer is sent again
// long before its retransmission is due.
func TestLinuxSendsTheSYNAgainSoonAfterABadACK(t *testing.T) {
	needKernel(t)
	err := WithKernel(func(k *Kernel) error {
		tester := Tester{System: k}
		if _, err := tester.Run(MustWord("connect .^unsent")); err != nil {
			return err
		}
		for end := time.Now().Add(900 * time.Millisecond); time.Now().Before(end); {
			sent, err := k.Sent()
			if err != nil {
				return err
			}
			if len(sent) == 1 && sent[0].Flags == wire.SYN {
				return nil
			}
		}
		t.Error("the SYN did not come again")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func names(all []*Deviation) (out []string) {
	for _, d := range all {
		out = append(out, d.Name)
	}
	return out
}
