package drill

import (
	"strings"
	"testing"
)

// The subset of Python that scripts use, with Python's order of binding.
func TestPython(t *testing.T) {
	look := func(name string) (int64, bool) {
		v, ok := map[string]int64{"tcpi_snd_cwnd": 10, "tcpi_options": 7, "tcpi_state": 1}[name]
		return v, ok
	}
	for code, want := range map[string]string{
		" assert tcpi_snd_cwnd == 10, tcpi_snd_cwnd ":                       "ok",
		"assert tcpi_snd_cwnd == 11, 'cwnd is %d' % tcpi_snd_cwnd":          "failed",
		"assert (tcpi_options & TCPI_OPT_SACK) != 0, tcpi_options":          "ok",
		"assert tcpi_options & 8 == 0":                                      "ok", // & binds closer than ==
		"assert tcpi_options == 1 | 2 | 4":                                  "ok",
		"assert 1 < tcpi_snd_cwnd <= 10":                                    "ok",
		"assert 1 < tcpi_snd_cwnd < 10":                                     "failed",
		"assert not tcpi_state == TCP_LISTEN and tcpi_snd_cwnd":             "ok",
		"assert tcpi_state == TCP_LISTEN or tcpi_state == TCPI_ESTABLISHED": "ok",
		"assert 2 + 3 * 4 == 14 and 7 // 2 == 3 and -(2) + 1 == -1":         "ok",
		"assert 1 << 4 == 0x10 and 7 % 4 == 3 and ~0 == -1":                 "ok",
		"x = tcpi_snd_cwnd * 2; assert x == 20":                             "ok",
		"# nothing\nassert True # still\n\nassert (1 ==\n 1)\n":             "ok",
		"assert tcpi_snd_cwnd == 10; \\\n assert tcpi_state == 2;\\\n":      "failed",
		"assert tcpi_snd_cwnd == 10 and \\\n tcpi_state == 1":               "ok",
		"print(tcpi_snd_cwnd)":                                              "ok",
		"assert tcpi_lost == 0":                                             "unsupported",
		"assert sum((1, 2)) == 3":                                           "unsupported",
		"assert tcpi_snd_cwnd == 9.5":                                       "failed",
		"assert 9.5 < tcpi_snd_cwnd < 1e1 + .5 and 7.5 / 2 == 3.75":         "ok",
		"assert abs(tcpi_snd_cwnd - 12) <= 2 and min(3, 1, 2) == 1":         "ok",
		"assert max(1, tcpi_snd_cwnd) == 10 and int(9.7) == 9":              "ok",
		"assert tcpi_state in (1, 2) and tcpi_state not in [3, 4]":          "ok",
		"assert tcpi_snd_cwnd == (10 if tcpi_state == 1 else 20)":           "ok",
		"assert -7 // 2 == -4 and -7 % 4 == 1 and -8 >> 1 == -4":            "ok",
		"n = 1; n += 2; assert n == 3":                                      "ok",
		"n += 2":                                                            "unsupported", // of what is not there
		"assert 7 / 2 == 3":                                                 "unsupported", // 3.5 since Python 3
		"assert 2 ** 3 == 8":                                                "unsupported",
		"assert 1 / 0":                                                      "unsupported",
		"assert 9007199254740992 + 1 > 0":                                   "unsupported", // no longer exact
		"assert 1 << 70":                                                    "unsupported",
		"assert tcpi_state in (1, ":                                         "unsupported",
		"assert 1 ==":                                                       "unsupported",
		"assert " + strings.Repeat("(", 1000) + "1":                         "unsupported",
		"assert " + strings.Repeat("not ", 1000) + "1":                      "unsupported",
		"import sys": "unsupported",
		"assert tcpi_snd_cwnd == 10 if True else False": "ok",
	} {
		failed, err := runCode(code, look)
		got := "ok"
		switch {
		case needsOf(err) != nil:
			got = "unsupported"
		case err != nil:
			got = err.Error()
		case failed != "":
			got = "failed"
		}
		if got != want {
			t.Errorf("%q is %s, want %s", code, got, want)
		}
	}
}
