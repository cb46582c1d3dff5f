package drill

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/lastack/lastack/internal/drill/script"
)

// What packetdrill takes if a script does not say.
const (
	defaultTolerance = 4 * time.Millisecond // allowed deviation of a time

	// kernelTolerance is that in real time, on a machine that does other
	// things as well.
	kernelTolerance = 25 * time.Millisecond
	kernelSlack     = 4 // the interpreter's own lateness says nothing about the kernel

	tolerancePercent = 12.5 // of the time since the event before; the larger of the two counts
	defaultPort      = 8080 // of bind and of connect
	defaultMTU       = 1500 // bytes, IP header included
)

// config is the options of one run, those of the script included.
type config struct {
	tolerance     time.Duration
	percent       float64
	ipv6          bool // the packets are IPv6
	mapped        bool // the sockets are IPv6, the packets IPv4
	local, remote netip.Prefix
	bindPort      uint16
	connectPort   uint16
	mtu           int
	mss           int           // of the segments that a larger injected one stands for (GSO); 0: unsaid
	kernel        bool          // the target is the kernel
	tsTick        time.Duration // of outbound timestamps; 0: they are not looked at
	tsScaled      bool          // an echo of an unknown timestamp is mapped linearly
	strict        bool          // one segment for each that is expected
	forever       time.Duration // how long an expected packet without a time is waited for
	slack         time.Duration // how many tolerances the script itself may be late
	dir           string        // of the script, where its commands are run
	needs         []string      // what an option asks for that no target has
	dryRun        bool          // the script is to be read, not run
	freeBSD       bool          // the script is for FreeBSD: it has set something by one of its names
}

func newConfig(o Options) *config {
	cfg := &config{
		tolerance: defaultTolerance, percent: tolerancePercent,
		bindPort: defaultPort, connectPort: defaultPort, mtu: defaultMTU,
		strict: o.StrictSegments, ipv6: o.IPv6, kernel: o.Kernel, slack: 1, forever: 10 * time.Minute,
	}
	if o.Kernel {
		cfg.tolerance, cfg.slack, cfg.forever = kernelTolerance, kernelSlack, 30*time.Second
	}
	if o.Tolerance > 0 {
		cfg.tolerance = o.Tolerance
	}
	return cfg
}

// The addresses that packetdrill uses: ours with its network, and the peer's.
var (
	local4, remote4 = netip.MustParsePrefix("192.168.0.1/16"), netip.MustParsePrefix("192.0.2.1/24")
	local6, remote6 = netip.MustParsePrefix("fd3d:fa7b:d17d::1/48"), netip.MustParsePrefix("2001:db8::1/32")
)

// An optionSetter takes the value of an option of a script.
type optionSetter func(cfg *config, value string) error

// optionSetters is the options of packetdrill. Those with nil have no meaning
// here: they concern how packetdrill itself is run.
var optionSetters = map[string]optionSetter{
	"tolerance_usecs":   func(c *config, v string) error { return setMicros(&c.tolerance, v) },
	"tolerance_percent": func(c *config, v string) (err error) { c.percent, err = strconv.ParseFloat(v, 64); return err },
	"ip_version":        setIPVersion,
	"mss":               func(c *config, v string) error { return setInt(&c.mss, v, 1, 65535) },
	"mtu":               setMTU,
	"bind_port":         func(c *config, v string) error { return setPort(&c.bindPort, v) },
	"connect_port":      func(c *config, v string) error { return setPort(&c.connectPort, v) },
	"local_ip":          func(c *config, v string) error { return setAddr(&c.local, v) },
	"remote_ip":         func(c *config, v string) error { return setAddr(&c.remote, v) },
	"tcp_ts_tick_usecs": func(c *config, v string) error { return setMicros(&c.tsTick, v) },
	"tcp_ts_ecr_scaled": func(c *config, _ string) error { c.tsScaled = true; return nil },
	"strict_segments":   func(c *config, _ string) error { c.strict = true; return nil },
	"dry_run":           func(c *config, _ string) error { c.dryRun = true; return nil },
	"udp_encapsulation": func(c *config, v string) error { c.needs = append(c.needs, "TCP in UDP"); return nil },
	"tcp_md5_secret":    func(c *config, v string) error { c.needs = append(c.needs, "TCP MD5 (RFC 2385)"); return nil },
	"non_fatal":         func(c *config, v string) error { c.needs = append(c.needs, "--non_fatal"); return nil },

	"gateway_ip": nil, "netmask_ip": nil, "init_scripts": nil, "code_command": nil, "code_format": nil, "code_sockopt": nil,
	"send_omit_free": nil, "verbose": nil, "debug": nil, "wire_client_dev": nil, "wire_server_dev": nil, "speed": nil,
	"persistent_tun_dev": nil, "no_cleanup": nil, "is_anyip": nil,
	"define": nil, // the parser has done it
}

// apply takes the options at the head of a script.
func (c *config) apply(s *script.Script) error {
	for _, o := range s.Options {
		set, known := optionSetters[o.Name]
		err := error(nil)
		if set != nil {
			err = set(c, o.Value)
		}
		switch {
		case !known:
			return &script.Error{File: s.File, Pos: o.Pos, Msg: "there is no option --" + o.Name}
		case err != nil:
			return &script.Error{File: s.File, Pos: o.Pos, Msg: fmt.Sprintf("--%s=%s: %v", o.Name, o.Value, err)}
		}
	}
	c.defaultAddrs()
	return nil
}

// defaultAddrs fills in the addresses that no option has told.
func (c *config) defaultAddrs() {
	local, remote := local4, remote4
	if c.ipv6 {
		local, remote = local6, remote6
	}
	if !c.local.IsValid() || c.local.Addr().Is4() == c.ipv6 {
		c.local = local
	}
	if !c.remote.IsValid() || c.remote.Addr().Is4() == c.ipv6 {
		c.remote = remote
	}
}

func setIPVersion(c *config, v string) error {
	switch v {
	case "ipv4":
		c.ipv6, c.mapped = false, false
	case "ipv6":
		c.ipv6, c.mapped = true, false
	case "ipv4-mapped-ipv6", "ipv4_mapped_ipv6":
		c.ipv6, c.mapped = false, true
	default:
		return fmt.Errorf("the versions are ipv4, ipv6 and ipv4-mapped-ipv6")
	}
	return nil
}

// leastMTU is the smallest MTU that lastack has: every IPv4 host can take packets of
// this size (RFC 1122 §3.3.2).
const leastMTU = 576

func setMTU(c *config, v string) error {
	var mtu int
	if err := setInt(&mtu, v, 0, 65535); err != nil {
		return err
	}
	if mtu < leastMTU {
		c.needs = append(c.needs, fmt.Sprintf("an MTU of %d", mtu))
		return nil
	}
	c.mtu = mtu
	return nil
}

func setMicros(d *time.Duration, v string) error {
	var n int
	err := setInt(&n, v, 0, 1<<31-1)
	*d = time.Duration(n) * time.Microsecond
	return err
}

func setInt(n *int, v string, least, most int) (err error) {
	*n, err = strconv.Atoi(v)
	if err == nil && (*n < least || *n > most) {
		err = fmt.Errorf("it must be %d to %d", least, most)
	}
	return err
}

func setPort(p *uint16, v string) error {
	var n int
	err := setInt(&n, v, 1, 65535)
	*p = uint16(n)
	return err
}

// setAddr takes an address with or without its network.
func setAddr(p *netip.Prefix, v string) (err error) {
	if strings.Contains(v, "/") {
		*p, err = netip.ParsePrefix(v)
		return err
	}
	a, err := netip.ParseAddr(v)
	if err != nil {
		return err
	}
	bits := 16
	if a.Is6() {
		bits = 64
	}
	*p = netip.PrefixFrom(a, bits)
	return nil
}
