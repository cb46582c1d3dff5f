package drill

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/lastack/lastack/congestion"
	"github.com/lastack/lastack/internal/stack"
	"github.com/lastack/lastack/internal/tcp"
)

// A setting is one assignment of sysctl.
type setting struct{ name, value string }

// errNoEffect says that a setting asks for something that lastack has not.
var errNoEffect = errors.New("lastack has nothing that this setting would change")

// A settingRow takes the value of a setting over.
type settingRow func(c *stack.Config, value string) error

// only is a row for a setting that lastack has no choice about: it is as if it
// had one of these values.
func only(values ...string) settingRow {
	return func(_ *stack.Config, value string) error {
		for _, v := range values {
			if value == v {
				return nil
			}
		}
		return errNoEffect
	}
}

// settingRows maps the system settings that scripts use to the stack's
// configuration. nil: the setting changes nothing that a script could see.
var settingRows = map[string]settingRow{
	"net.ipv4.tcp_timestamps":                     setTimestamps,
	"net.ipv4.tcp_window_scaling":                 setWindowScaling,
	"net.ipv4.tcp_rmem":                           setRecvMem,
	"net.ipv4.tcp_wmem":                           setSendMem,
	"net.ipv4.tcp_syn_retries":                    setCount(func(c *stack.Config) *int { return &c.TCP.SynRetries }),
	"net.ipv4.tcp_synack_retries":                 setCount(func(c *stack.Config) *int { return &c.TCP.SynAckRetries }),
	"net.ipv4.tcp_retries2":                       setCount(func(c *stack.Config) *int { return &c.TCP.DataRetries }),
	"net.ipv4.tcp_fin_timeout":                    setDuration(time.Second, func(c *stack.Config) *time.Duration { return &c.TCP.FinWait2Timeout }),
	"net.ipv4.tcp_keepalive_time":                 setDuration(time.Second, func(c *stack.Config) *time.Duration { return &c.TCP.KeepAlive.Idle }),
	"net.ipv4.tcp_keepalive_intvl":                setDuration(time.Second, func(c *stack.Config) *time.Duration { return &c.TCP.KeepAlive.Interval }),
	"net.ipv4.tcp_keepalive_probes":               setCount(func(c *stack.Config) *int { return &c.TCP.KeepAlive.Count }),
	"net.ipv4.tcp_rto_min_us":                     setDuration(time.Microsecond, func(c *stack.Config) *time.Duration { return &c.TCP.MinRTO }),
	"net.ipv4.tcp_rto_max_ms":                     setDuration(time.Millisecond, func(c *stack.Config) *time.Duration { return &c.TCP.MaxRTO }),
	"net.ipv4.tcp_sack":                           setSACK,
	"net.ipv4.tcp_ecn":                            setECN,
	"net.ipv4.tcp_ecn_option":                     only("0"),
	"net.ipv4.tcp_congestion_control":             setCongestion,
	"net.ipv4.tcp_recovery":                       setRecovery,
	"net.ipv4.tcp_early_retrans":                  setTLP,
	"net.ipv4.tcp_frto":                           only("1", "2"),
	"net.ipv4.tcp_mtu_probing":                    setMTUProbing,
	"net.ipv4.tcp_slow_start_after_idle":          setIdleRestart,
	"net.ipv4.tcp_abort_on_overflow":              only("0"),
	"net.ipv4.tcp_shrink_window":                  only("0"),
	"net.ipv4.tcp_rfc1337":                        only("1"),
	"net.ipv4.tcp_syncookies":                     only("0", "1"),
	"net.ipv4.tcp_thin_linear_timeouts":           only("0"),
	"net.ipv4.tcp_fwmark_accept":                  only("0"),
	"net.ipv4.tcp_syn_linear_timeouts":            only("0"),
	"net.ipv4.tcp_fastopen":                       setFastOpen,
	"net.ipv4.tcp_fastopen_key":                   setFastOpenKey,
	"net.ipv4.tcp_fastopen_blackhole_timeout_sec": nil,
	"net.ipv4.tcp_dsack":                          nil,
	"net.ipv4.tcp_fack":                           nil, // in no Linux since 4.15
	"net.ipv4.tcp_limit_output_bytes":             nil,
	"net.ipv4.tcp_mem":                            nil,
	"net.ipv4.tcp_retrans_collapse":               nil,
	"net.ipv4.tcp_max_orphans":                    nil,
	"net.ipv4.tcp_max_tw_buckets":                 nil,
	"net.ipv4.tcp_comp_sack_nr":                   nil,
	"net.ipv4.tcp_comp_sack_delay_ns":             nil,
	"net.ipv4.tcp_comp_sack_slack_ns":             nil,
	"net.ipv4.tcp_probe_interval":                 nil,
	"net.ipv4.tcp_probe_threshold":                nil,
	"net.ipv4.tcp_workaround_signed_windows":      nil,
	"net.core.default_qdisc":                      nil,
	"net.ipv4.tcp_retries1":                       nil,
	"net.ipv4.tcp_invalid_ratelimit":              nil,
	"net.ipv4.tcp_challenge_ack_limit":            nil,
	"net.ipv4.tcp_no_metrics_save":                nil,
	"net.ipv4.tcp_min_tso_segs":                   nil,
	"net.ipv4.tcp_tso_win_divisor":                nil,
	"net.ipv4.tcp_autocorking":                    nil,
	"net.ipv4.tcp_moderate_rcvbuf":                nil,
	"net.ipv4.tcp_reordering":                     nil,
	"net.ipv4.tcp_max_syn_backlog":                nil,
	"net.ipv4.tcp_tw_reuse":                       nil,
	"net.ipv4.tcp_adv_win_scale":                  nil,
	"net.ipv4.tcp_ecn_fallback":                   nil,
	"net.ipv4.tcp_base_mss":                       nil,
	"net.ipv4.tcp_min_snd_mss":                    nil,
	"net.ipv4.tcp_pacing_ss_ratio":                nil,
	"net.ipv4.tcp_pacing_ca_ratio":                nil,
	"net.ipv4.tcp_notsent_lowat":                  nil,
	"net.mptcp.enabled":                           nil,
	"net.core.rmem_max":                           nil,
	"net.core.wmem_max":                           nil,
	"net.core.somaxconn":                          nil,
	"net.inet.tcp.rfc1323":                        setRFC1323,
	"net.inet.tcp.recvspace":                      nil, // lastack.set takes it
	"net.inet.tcp.sendspace":                      setCount(func(c *stack.Config) *int { return &c.TCP.SendBuffer }),
	"net.inet.tcp.rexmit_initial":                 setDuration(time.Millisecond, func(c *stack.Config) *time.Duration { return &c.TCP.InitialRTO }),
	"net.inet.tcp.rexmit_min":                     setDuration(time.Millisecond, func(c *stack.Config) *time.Duration { return &c.TCP.MinRTO }),
	"net.inet.tcp.finwait2_timeout":               setDuration(time.Millisecond, func(c *stack.Config) *time.Duration { return &c.TCP.FinWait2Timeout }),
	"net.inet.tcp.keepidle":                       setDuration(time.Millisecond, func(c *stack.Config) *time.Duration { return &c.TCP.KeepAlive.Idle }),
	"net.inet.tcp.keepintvl":                      setDuration(time.Millisecond, func(c *stack.Config) *time.Duration { return &c.TCP.KeepAlive.Interval }),
	"net.inet.tcp.sack.enable":                    setSACK,
	"net.inet.tcp.ecn.enable":                     setECN,
	"net.inet.tcp.insecure_rst":                   only("0"),
	"net.inet.tcp.insecure_syn":                   only("0"),
	"net.inet.tcp.insecure_ack":                   only("0"),
	"net.inet.tcp.drop_synfin":                    only("0"),
	"net.inet.tcp.blackhole":                      only("0"),
	"net.inet.tcp.fastopen.server_enable":         only("0"),
	"net.inet.tcp.fastopen.client_enable":         only("0"),
	"net.inet.tcp.rexmit_drop_options":            only("0"),
	"net.inet.tcp.rexmit_slop":                    nil,
	"net.inet.tcp.hostcache.purgenow":             nil,
	"net.inet.tcp.hostcache.enable":               nil,
	"net.inet.tcp.syncookies":                     nil,
	"net.inet.tcp.path_mtu_discovery":             only("1"),
	"net.inet.tcp.icmp_may_rst":                   only("1"),
	"net.inet.icmp.icmplim":                       nil,
	"net.inet6.icmp6.errppslimit":                 nil,
	"kern.ipc.maxsockbuf":                         setCount(func(c *stack.Config) *int { return &c.TCP.MaxRecvBuffer }),
	"net.inet.tcp.initcwnd_segments":              only("10"),
}

func setTimestamps(c *stack.Config, v string) error {
	c.TCP.NoTimestamps = v == "0"
	return nil
}

// setRecovery takes the bit that turns RACK on. Its other bits are variants of
// it.
func setRecovery(c *stack.Config, v string) error {
	if v != "0" && v != "1" && v != "0x0" && v != "0x1" {
		return errNoEffect
	}
	c.TCP.NoRACK = v == "0" || v == "0x0"
	return nil
}

func setWindowScaling(c *stack.Config, v string) error {
	c.TCP.NoWindowScale = v == "0"
	return nil
}

func setSACK(c *stack.Config, v string) error {
	c.TCP.NoSACK = v == "0"
	return nil
}

func setTLP(c *stack.Config, v string) error {
	c.TCP.NoTLP = v == "0"
	return nil
}

func setIdleRestart(c *stack.Config, v string) error {
	c.TCP.NoIdleRestart = v == "0"
	return nil
}

func setRFC1323(c *stack.Config, v string) error {
	c.TCP.NoTimestamps, c.TCP.NoWindowScale = v == "0", v == "0"
	return nil
}

// setCongestion chooses the congestion control by its name, which is Linux's too.
func setCongestion(c *stack.Config, v string) error {
	control, err := congestion.New(v)
	if err != nil {
		return errNoEffect
	}
	c.TCP.Congestion = control
	return nil
}

// ecnModes is the values of tcp_ecn. Linux has two more, in which the two ends differ.
var ecnModes = map[string]tcp.ECNMode{"0": tcp.ECNOff, "1": tcp.ECNClassic, "2": tcp.ECNWhenAsked, "3": tcp.ECNAccurate}

func setECN(c *stack.Config, v string) error {
	mode, ok := ecnModes[v]
	if !ok {
		return errNoEffect
	}
	c.TCP.ECN = mode
	return nil
}

// setMTUProbing takes Linux's 0, 1 and 2: never, on a black hole, always.
func setMTUProbing(c *stack.Config, v string) error {
	mode, ok := map[string]tcp.MTUProbing{"0": tcp.ProbeNever, "1": tcp.ProbeOnBlackHole, "2": tcp.ProbeAlways}[v]
	if !ok {
		return errNoEffect
	}
	c.TCP.MTUProbing = mode
	return nil
}

// setRecvMem takes the largest of Linux's three sizes: the window scale comes
// from it, and the buffer may grow to it.
func setRecvMem(c *stack.Config, v string) (err error) {
	c.TCP.MaxRecvBuffer, err = largest(v)
	return err
}

func setSendMem(c *stack.Config, v string) (err error) {
	c.TCP.SendBuffer, err = largest(v)
	return err
}

// largest is the last of three sizes in bytes: least, default, most.
func largest(v string) (int, error) {
	words := strings.Fields(v)
	if len(words) != 3 {
		return 0, fmt.Errorf("%q is not three sizes", v)
	}
	return positive(words[2])
}

// positive is a number of things, or of units of time.
func positive(v string) (int, error) {
	n, err := strconv.Atoi(v)
	if err == nil && (n < 1 || n > 1<<30) {
		err = fmt.Errorf("it is %d: it must be 1 to %d", n, 1<<30)
	}
	return n, err
}

func setCount(field func(*stack.Config) *int) settingRow {
	return func(c *stack.Config, v string) error {
		n, err := positive(v)
		*field(c) = n
		return err
	}
}

func setDuration(unit time.Duration, field func(*stack.Config) *time.Duration) settingRow {
	return func(c *stack.Config, v string) error {
		n, err := positive(v)
		*field(c) = time.Duration(n) * unit
		return err
	}
}

// controlName is the name of a configuration's congestion control.
func controlName(c stack.Config) string {
	if c.TCP.Congestion == nil {
		return congestion.Default
	}
	return congestion.Name(c.TCP.Congestion())
}

// sameSettings reports whether two configurations are alike in what rows set.
func sameSettings(a, b stack.Config) bool {
	x, y := a.TCP, b.TCP
	return controlName(a) == controlName(b) && x.SendBuffer == y.SendBuffer && x.RecvBuffer == y.RecvBuffer && x.MaxRecvBuffer == y.MaxRecvBuffer &&
		x.MTUProbing == y.MTUProbing && x.KeepAlive == y.KeepAlive &&
		x.FinWait2Timeout == y.FinWait2Timeout && x.SynRetries == y.SynRetries && x.SynAckRetries == y.SynAckRetries &&
		x.DataRetries == y.DataRetries && x.InitialRTO == y.InitialRTO && x.MinRTO == y.MinRTO && x.MaxRTO == y.MaxRTO &&
		a.MTU == b.MTU && a.FastOpen == b.FastOpen && a.FastOpenKey == b.FastOpenKey && x.NoRACK == y.NoRACK && x.NoTLP == y.NoTLP && x.ECN == y.ECN &&
		x.NoTimestamps == y.NoTimestamps && x.NoWindowScale == y.NoWindowScale && x.NoSACK == y.NoSACK &&
		x.NoIdleRestart == y.NoIdleRestart
}
