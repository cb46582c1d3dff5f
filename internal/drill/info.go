package drill

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/lastack/lastack/internal/tcp"
)

// infoFields is TCP_INFO of lastack: the fields that have the meaning of
// Linux's.
func infoFields(i tcp.Info) map[string]int64 {
	micros := func(d time.Duration) int64 { return d.Microseconds() }
	mss := max(int64(i.SndMSS), 1)
	fields := map[string]int64{
		"tcpi_state":         linuxStates[i.State],
		"tcpi_retransmits":   int64(i.Retransmits),
		"tcpi_backoff":       int64(i.Retransmits),
		"tcpi_rto":           micros(i.RTO),
		"tcpi_rtt":           micros(i.SRTT),
		"tcpi_rttvar":        micros(i.RTTVar),
		"tcpi_snd_mss":       mss,
		"tcpi_snd_cwnd":      int64(i.Cwnd) / mss,
		"tcpi_snd_ssthresh":  int64(i.Ssthresh) / mss,
		"tcpi_total_retrans": int64(i.Resent),
		"tcpi_notsent_bytes": int64(i.Unsent),
		"tcpi_snd_wnd":       int64(i.SndWnd),
		"tcpi_rcv_wnd":       int64(i.RcvWnd),
	}
	if i.Ssthresh >= 1<<30 {
		fields["tcpi_snd_ssthresh"] = 1<<31 - 1
	}
	return fields
}

// infoText is the fields that an assertion names, with their values.
func infoText(assertion string, info map[string]int64) string {
	var words []string
	for name, v := range info {
		if strings.Contains(assertion, name) {
			words = append(words, fmt.Sprintf("%s = %d", name, v))
		}
	}
	sort.Strings(words)
	return strings.Join(words, ", ")
}
