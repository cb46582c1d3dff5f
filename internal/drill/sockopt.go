package drill

import (
	"cmp"
	"time"

	"github.com/lastack/lastack/congestion"
	"github.com/lastack/lastack/internal/tcp"
)

// seconds64 is a number of seconds as a duration.
func seconds64(n int64) time.Duration { return time.Duration(n) * time.Second }

// setOption is setsockopt.
func (l *lastack) setOption(s *socket, c *syscallArgs) syscallResult {
	key := [2]int64{c.level, c.opt}
	if key == [2]int64{solSocket, soLinger} {
		s.linger = nil
		if c.linger[0] != 0 {
			t := c.linger[1]
			s.linger = &t
		}
		return value(0)
	}
	if key == [2]int64{solTCP, tcpCongestion} {
		return l.setCongestion(s, c.optText)
	}
	if err := l.setEarly(s, key, c); err != nil {
		return syscallResult{missing: err}
	}
	s.opts[key] = c.optVal
	return l.apply(s, key, c.optVal)
}

// setCongestion is TCP_CONGESTION. What is set before there is a connection is
// for those that come.
func (l *lastack) setCongestion(s *socket, name string) syscallResult {
	if _, err := congestion.New(name); err != nil || name == "" {
		return syscallResult{missing: need("the congestion control " + name)}
	}
	s.control = name
	l.applyCongestion(s)
	return value(0)
}

// applyCongestion gives a socket's connection the congestion control that was
// set.
func (l *lastack) applyCongestion(s *socket) {
	if control, err := congestion.New(s.control); err == nil && s.conn != nil && s.control != "" {
		s.conn.SetCongestion(l.time, control())
	}
}

// earlyOptions are those that setEarly knows.
var earlyOptions = map[[2]int64]struct{}{
	{solSocket, soRcvBuf}: {}, {solSocket, soSndBuf}: {}, {solTCP, tcpSynCnt}: {}, {solTCP, tcpLinger2}: {}, {solTCP, tcpMaxSeg}: {},
}

// setEarly takes options over that are settings of the whole stack here, so
// that they must come before it is made.
func (l *lastack) setEarly(s *socket, key [2]int64, c *syscallArgs) error {
	before := l.sc
	_, early := earlyOptions[key]
	if early && (c.optVal < 1 || c.optVal > 1<<30) {
		return need("a socket option of this value")
	}
	switch {
	case s.conn == nil:
	case key == [2]int64{solSocket, soRcvBuf}:
		s.conn.SetRecvBuffer(l.time, int(c.optVal))
		return nil
	case key == [2]int64{solSocket, soSndBuf}:
		s.conn.SetSendBuffer(int(c.optVal))
		return nil
	}
	switch key {
	case [2]int64{solSocket, soRcvBuf}:
		l.sc.TCP.RecvBuffer = int(c.optVal)
	case [2]int64{solSocket, soSndBuf}:
		l.sc.TCP.SendBuffer = int(c.optVal)
	case [2]int64{solTCP, tcpSynCnt}:
		l.sc.TCP.SynRetries = int(c.optVal)
	case [2]int64{solTCP, tcpMaxSeg}:
		l.sc.MTU = min(l.cfg.mtu, int(c.optVal)+l.headers())
	case [2]int64{solTCP, tcpLinger2}:
		l.sc.TCP.FinWait2Timeout = seconds64(c.optVal)
	default:
		return nil
	}
	if l.core != nil && !sameSettings(before, l.sc) {
		return need("this socket option to be set after the connection has begun")
	}
	return nil
}

// apply sets an option of a connection; before there is one it is remembered.
func (l *lastack) apply(s *socket, key [2]int64, v int64) syscallResult {
	switch key {
	case [2]int64{solTCP, tcpNoDelay}:
		if s.conn != nil {
			s.conn.SetNoDelay(v != 0)
			s.conn.SetMore(s.cork && v == 0) // what the cork holds back goes; the next write is corked again
		}
	case [2]int64{solTCP, tcpCork}:
		if s.cork = v != 0; s.conn != nil {
			s.conn.SetMore(s.cork)
		}
	case [2]int64{solIP, ipTOS}, [2]int64{solIPv6, ipv6TClass}:
		if s.conn != nil {
			_ = s.conn.SetDSCP(uint8(v) >> 2) // the ECN field is TCP's own
		}
		if s.ln != nil {
			_ = s.ln.SetDSCP(uint8(v) >> 2)
		}
	case [2]int64{solIP, ipMTUDiscover}:
		if v == constants["IP_PMTUDISC_PROBE"] { // the others differ in the DF bit, which no script sees
			return syscallResult{missing: need("ICMP about the path MTU to be ignored")}
		}
	case [2]int64{solTCP, tcpFastOpen}:
		if s.ln != nil {
			s.ln.SetFastPending(int(v))
		}
	case [2]int64{solTCP, tcpUserTimeout}:
		if s.conn != nil {
			s.conn.SetUserTimeout(l.time, time.Duration(v)*time.Millisecond)
		}
	case [2]int64{solSocket, soKeepAlive}, [2]int64{solTCP, tcpKeepIdle}, [2]int64{solTCP, tcpKeepIntvl}, [2]int64{solTCP, tcpKeepCnt}:
		l.setKeepAlive(s, key, v)
	case [2]int64{solSocket, soOOBInline}:
		if v == 0 {
			return syscallResult{missing: need("urgent data out of line")}
		}
	case [2]int64{solSocket, soReuseAddr}, [2]int64{solSocket, soReusePort}, [2]int64{solSocket, soRcvBuf},
		[2]int64{solSocket, soSndBuf}, [2]int64{solTCP, tcpSynCnt}, [2]int64{solTCP, tcpLinger2}, [2]int64{solTCP, tcpMaxSeg},
		[2]int64{solTCP, tcpFastOpenConnect},
		[2]int64{solTCP, tcpNotSentLowat},                                                             // poll looks at it
		[2]int64{solSocket, soPriority}, [2]int64{solSocket, soMark}, [2]int64{solSocket, soBusyPoll}, // nothing shows
		[2]int64{solSocket, soDebug}, [2]int64{solIP, ipFreebind}:
	default:
		return syscallResult{missing: need("the socket option " + optionName(key))}
	}
	return value(0)
}

// setKeepAlive sets one part of the keep-alive setting.
func (l *lastack) setKeepAlive(s *socket, key [2]int64, v int64) {
	if s.conn == nil {
		return
	}
	k := s.conn.KeepAliveConfig()
	switch key[1] {
	case soKeepAlive:
		k.Enable = v != 0
	case tcpKeepIdle:
		k.Idle = seconds64(v)
	case tcpKeepIntvl:
		k.Interval = seconds64(v)
	case tcpKeepCnt:
		k.Count = int(v)
	}
	s.conn.SetKeepAlive(l.time, k)
}

// getOption is getsockopt.
func (l *lastack) getOption(s *socket, c *syscallArgs) syscallResult {
	out := func(v int64) syscallResult { return syscallResult{out: v, hasOut: true} }
	cfg := l.sc.TCP.WithDefaults()
	key := [2]int64{c.level, c.opt}
	v, wasSet := s.opts[key]
	switch key {
	case [2]int64{solSocket, soError}:
		return out(s.pendingError())
	case [2]int64{solSocket, soRcvBuf}:
		switch {
		case wasSet && l.cfg.freeBSD:
			return out(v)
		case wasSet:
			return out(2 * v) // Linux doubles it, to leave room for its own bookkeeping
		case l.cfg.freeBSD:
			return out(int64(l.recvSpace(s)))
		}
		return out(int64(cmp.Or(cfg.RecvBuffer, cfg.MaxRecvBuffer)))
	case [2]int64{solSocket, soSndBuf}:
		if wasSet {
			return out(2 * v)
		}
		return out(int64(cmp.Or(cfg.SendBuffer, cfg.MaxSendBuffer)))
	case [2]int64{solTCP, tcpMaxSeg}:
		switch {
		case s.conn != nil:
			return out(int64(s.conn.Info().SndMSS))
		case wasSet:
			return out(v)
		}
		return out(tcpDefaultMSS)
	case [2]int64{solTCP, tcpInfo}:
		return value(0) // %{ }% blocks look at what is there
	}
	if wasSet {
		return out(v)
	}
	if s.conn != nil {
		if v, ok := keepAliveOption(s.conn.KeepAliveConfig(), key); ok {
			return out(v)
		}
	}
	switch key {
	case [2]int64{solTCP, tcpNoDelay}, [2]int64{solTCP, tcpUserTimeout}, [2]int64{solSocket, soKeepAlive}, [2]int64{solSocket, soReuseAddr},
		[2]int64{solTCP, tcpCork}, [2]int64{solTCP, tcpNotSentLowat}, [2]int64{solIP, ipTOS}, [2]int64{solIPv6, ipv6TClass}:
		return out(0)
	}
	return syscallResult{missing: need("the socket option " + optionName(key))}
}

// headers is the length of the IP and TCP headers without options, in bytes.
func (l *lastack) headers() int {
	if l.cfg.ipv6 {
		return 60
	}
	return 40
}

// tcpDefaultMSS is what TCP_MAXSEG is without a connection.
const tcpDefaultMSS = 536

// pendingError is SO_ERROR: the error that nobody has been told yet.
func (s *socket) pendingError() int64 {
	if s.conn == nil {
		return 0
	}
	r := s.fault("")
	s.opening = s.opening && r.errno == ""
	return errnoNumbers[r.errno]
}

func keepAliveOption(k tcp.KeepAlive, key [2]int64) (int64, bool) {
	switch key {
	case [2]int64{solTCP, tcpKeepIdle}:
		return int64(k.Idle / time.Second), true
	case [2]int64{solTCP, tcpKeepIntvl}:
		return int64(k.Interval / time.Second), true
	case [2]int64{solTCP, tcpKeepCnt}:
		return int64(k.Count), true
	}
	return 0, false
}

// optionName is an option by name, for people.
func optionName(key [2]int64) string {
	prefixes := map[int64]string{solSocket: "SO_", solTCP: "TCP_", solIP: "IP_", solIPv6: "IPV6_"}
	for name, v := range constants {
		if p := prefixes[key[0]]; v == key[1] && p != "" && len(name) > len(p) && name[:len(p)] == p {
			return name
		}
	}
	return "that is not known"
}
