package drill

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/lastack/lastack/internal/recovery"
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
		"tcpi_min_rtt":       micros(i.MinRTT),
		"tcpi_total_retrans": int64(i.Resent),
		"tcpi_notsent_bytes": int64(i.Unsent),
		"tcpi_snd_wnd":       int64(i.SndWnd),
		"tcpi_rcv_wnd":       int64(i.RcvWnd),
		"tcpi_options":       optionBits(i),
		"tcpi_snd_wscale":    int64(i.Opts.SndWShift),
		"tcpi_rcv_wscale":    int64(i.Opts.RcvWShift),
		"tcpi_unacked":       int64(i.Unacked),
		"tcpi_sacked":        int64(i.Sacked),
		"tcpi_lost":          int64(i.Lost),
		"tcpi_retrans":       int64(i.Resending),
		"tcpi_dsack_dups":    int64(i.DSACKs),
		"tcpi_delivery_rate": i.Rate,
	}
	switch i.Phase {
	case recovery.Open: // Linux's Disorder and CWR are Open here, so nothing can be said
	case recovery.Recovery:
		fields["tcpi_ca_state"] = infoNames["TCP_CA_Recovery"]
	case recovery.Loss:
		fields["tcpi_ca_state"] = infoNames["TCP_CA_Loss"]
	}
	if i.Phase == recovery.Open && i.Sacked == 0 && i.Lost == 0 && i.ECN == tcp.NoECN {
		fields["tcpi_ca_state"] = infoNames["TCP_CA_Open"]
	}
	if i.Ssthresh >= 1<<30 {
		fields["tcpi_snd_ssthresh"] = 1<<31 - 1
	}
	return fields
}

// optionBits is the options that the SYNs agreed on, as tcpi_options has them.
func optionBits(i tcp.Info) (bits int64) {
	for name, is := range map[string]bool{
		"TCPI_OPT_TIMESTAMPS": i.Opts.TS, "TCPI_OPT_SACK": i.Opts.SACK, "TCPI_OPT_WSCALE": i.Opts.WScale,
		"TCPI_OPT_ECN": i.ECN != tcp.NoECN,
	} {
		if is {
			bits |= infoNames[name]
		}
	}
	return bits
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
