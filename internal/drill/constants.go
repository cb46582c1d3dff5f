package drill

import (
	"strings"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/drill/script"
)

// The numbers of Linux that both targets and the rows below know by name. They
// are those of linux/amd64 and arm64; drill uses them on every system, for
// scripts are written for Linux.
const (
	solSocket, solTCP, solIP, solIPv6 = 1, 6, 0, 41

	soReuseAddr, soError, soSndBuf, soRcvBuf     = 2, 4, 7, 8
	soKeepAlive, soLinger, soReusePort           = 9, 13, 15
	soOOBInline                                  = 10
	tcpNoDelay, tcpMaxSeg, tcpCork, tcpKeepIdle  = 1, 2, 3, 4
	tcpKeepIntvl, tcpKeepCnt, tcpSynCnt          = 5, 6, 7
	tcpLinger2, tcpInfo, tcpQuickAck             = 8, 11, 12
	tcpCongestion, tcpUserTimeout, tcpFastOpen   = 13, 18, 23
	tcpFastOpenConnect                           = 30
	tcpNotSentLowat                              = 25
	sockNonblock                                 = 0o4000
	oNonblock, oRDWR                             = 0o4000, 2
	fGetFL, fSetFL                               = 3, 4
	msgOOB, msgPeek, msgDontWait, msgNoSignal    = 1, 2, 0x40, 0x4000
	msgMore, msgEOR, msgFastOpen                 = 0x8000, 0x80, 0x20000000
	shutRD, shutWR, shutRDWR                     = 0, 1, 2
	pollIn, pollOut, pollErr, pollHup, pollRDHup = 1, 4, 8, 16, 0x2000
	sioInQ, sioOutQ, sioOutQNSD                  = 0x541B, 0x5411, 0x894B
	epollCtlAdd, epollCtlDel, epollCtlMod        = 1, 2, 3
	epollET                                      = 1 << 31
	ipTOS, ipMTUDiscover, ipv6TClass             = 1, 10, 67
	ipFreebind                                   = 15
	soDebug, soPriority, soMark, soBusyPoll      = 1, 12, 36, 46
)

// constants is the names that may stand in the arguments of calls.
var constants = map[string]int64{
	"AF_INET": 2, "AF_INET6": 10, "AF_UNSPEC": 0, "PF_INET": 2, "PF_INET6": 10,
	"SOCK_STREAM": 1, "SOCK_DGRAM": 2, "SOCK_NONBLOCK": sockNonblock, "SOCK_CLOEXEC": 0o2000000,
	"IPPROTO_TCP": solTCP, "IPPROTO_IP": solIP, "IPPROTO_IPV6": solIPv6, "IPPROTO_UDP": 17,
	"SOL_SOCKET": solSocket, "SOL_TCP": solTCP, "SOL_IP": solIP, "SOL_IPV6": solIPv6,

	"SO_REUSEADDR": soReuseAddr, "SO_ERROR": soError, "SO_SNDBUF": soSndBuf, "SO_RCVBUF": soRcvBuf,
	"SO_KEEPALIVE": soKeepAlive, "SO_OOBINLINE": soOOBInline, "SO_LINGER": soLinger, "SO_REUSEPORT": soReusePort, "SO_RCVLOWAT": 18,
	"SO_TIMESTAMPING": 37, "SO_BUSY_POLL": soBusyPoll, "SO_MARK": soMark, "SO_ZEROCOPY": 60, "SO_MAX_PACING_RATE": 47,
	"SO_DEBUG": soDebug, "SO_DONTROUTE": 5, "SO_BROADCAST": 6, "SO_SNDLOWAT": 19, "SO_TXTIME": 61,
	"SO_SNDTIMEO": 21, "SO_RCVTIMEO": 20, "SO_PRIORITY": soPriority, "SO_TIMESTAMP": 29,

	"TCP_NODELAY": tcpNoDelay, "TCP_MAXSEG": tcpMaxSeg, "TCP_CORK": tcpCork, "TCP_KEEPIDLE": tcpKeepIdle,
	"TCP_KEEPINTVL": tcpKeepIntvl, "TCP_KEEPCNT": tcpKeepCnt, "TCP_SYNCNT": tcpSynCnt, "TCP_LINGER2": tcpLinger2,
	"TCP_DEFER_ACCEPT": 9, "TCP_WINDOW_CLAMP": 10, "TCP_INFO": tcpInfo, "TCP_QUICKACK": tcpQuickAck,
	"TCP_CONGESTION": tcpCongestion, "TCP_MD5SIG": 14, "TCP_THIN_LINEAR_TIMEOUTS": 16, "TCP_THIN_DUPACK": 17,
	"TCP_USER_TIMEOUT": tcpUserTimeout, "TCP_REPAIR": 19, "TCP_FASTOPEN": tcpFastOpen, "TCP_TIMESTAMP": 24,
	"TCP_NOTSENT_LOWAT": tcpNotSentLowat, "TCP_SAVE_SYN": 27, "TCP_FASTOPEN_CONNECT": tcpFastOpenConnect, "TCP_ULP": 31,
	"TCP_FASTOPEN_KEY": 33, "TCP_FASTOPEN_NO_COOKIE": 34, "TCP_INQ": 36, "TCP_TX_DELAY": 37,

	"IP_TOS": ipTOS, "IP_TTL": 2, "IP_MTU_DISCOVER": ipMTUDiscover, "IP_RECVERR": 11, "IP_MTU": 14, "IPV6_TCLASS": ipv6TClass,
	"IP_FREEBIND": ipFreebind, "IPV6_RECVERR": 25, "IPV6_UNICAST_HOPS": 16, "IPV6_V6ONLY": 26, "IPV6_MTU_DISCOVER": 23,
	"IPTOS_LOWDELAY": 0x10, "IPTOS_THROUGHPUT": 8, "IPTOS_RELIABILITY": 4, "IPTOS_MINCOST": 2,
	"IPTOS_ECN_NOTECT": 0, "IPTOS_ECN_ECT1": 1, "IPTOS_ECN_ECT0": 2, "IPTOS_ECN_CE": 3,
	"IP_PMTUDISC_DONT": 0, "IP_PMTUDISC_WANT": 1, "IP_PMTUDISC_DO": 2, "IP_PMTUDISC_PROBE": 3,

	"O_RDONLY": 0, "O_WRONLY": 1, "O_RDWR": oRDWR, "O_NONBLOCK": oNonblock,
	"F_GETFD": 1, "F_SETFD": 2, "F_GETFL": fGetFL, "F_SETFL": fSetFL, "FD_CLOEXEC": 1,

	"MSG_OOB": msgOOB, "MSG_PEEK": msgPeek, "MSG_DONTROUTE": 4, "MSG_TRUNC": 0x20, "MSG_DONTWAIT": msgDontWait,
	"MSG_EOR": msgEOR, "MSG_WAITALL": 0x100, "MSG_NOSIGNAL": msgNoSignal, "MSG_MORE": msgMore, "MSG_ERRQUEUE": 0x2000,
	"MSG_FASTOPEN": msgFastOpen, "MSG_ZEROCOPY": 0x4000000,

	"SHUT_RD": shutRD, "SHUT_WR": shutWR, "SHUT_RDWR": shutRDWR,
	"POLLIN": pollIn, "POLLPRI": 2, "POLLOUT": pollOut, "POLLERR": pollErr, "POLLHUP": pollHup, "POLLNVAL": 32,
	"POLLRDNORM": 64, "POLLRDBAND": 128, "POLLWRNORM": 256, "POLLWRBAND": 512, "POLLRDHUP": pollRDHup,
	"EPOLL_CTL_ADD": epollCtlAdd, "EPOLL_CTL_DEL": epollCtlDel, "EPOLL_CTL_MOD": epollCtlMod, "EPOLL_CLOEXEC": 0o2000000,
	"EPOLLIN": pollIn, "EPOLLPRI": 2, "EPOLLOUT": pollOut, "EPOLLERR": pollErr, "EPOLLHUP": pollHup, "EPOLLRDHUP": pollRDHup,
	"EPOLLRDNORM": 64, "EPOLLRDBAND": 128, "EPOLLWRNORM": 256, "EPOLLWRBAND": 512, "EPOLLET": epollET, "EPOLLONESHOT": 1 << 30,
	"EPOLLEXCLUSIVE": 1 << 28, "EPOLLWAKEUP": 1 << 29, "EPOLL_NONBLOCK": 0o4000,
	"SOF_TIMESTAMPING_TX_HARDWARE": 1, "SOF_TIMESTAMPING_TX_SOFTWARE": 2, "SOF_TIMESTAMPING_RX_HARDWARE": 4,
	"SOF_TIMESTAMPING_RX_SOFTWARE": 8, "SOF_TIMESTAMPING_SOFTWARE": 16, "SOF_TIMESTAMPING_SYS_HARDWARE": 32,
	"SOF_TIMESTAMPING_RAW_HARDWARE": 64, "SOF_TIMESTAMPING_OPT_ID": 128, "SOF_TIMESTAMPING_TX_SCHED": 256,
	"SOF_TIMESTAMPING_TX_ACK": 512, "SOF_TIMESTAMPING_OPT_CMSG": 1024, "SOF_TIMESTAMPING_OPT_TSONLY": 2048,
	"SOF_TIMESTAMPING_OPT_STATS": 4096, "SPLICE_F_NONBLOCK": 2, "NULL": 0,
	"FIONREAD": sioInQ, "SIOCINQ": sioInQ, "SIOCOUTQ": sioOutQ, "SIOCOUTQNSD": sioOutQNSD,
}

func init() {
	for name, code := range script.DSCPNames() {
		constants["IPTOS_DSCP_"+strings.ToUpper(name)] = int64(code) << 2
	}
}

// linuxStates is the numbers of tcpi_state.
var linuxStates = [fsm.NumStates]int64{
	fsm.Established: 1, fsm.SynSent: 2, fsm.SynReceived: 3, fsm.FinWait1: 4, fsm.FinWait2: 5,
	fsm.TimeWait: 6, fsm.Closed: 7, fsm.CloseWait: 8, fsm.LastAck: 9, fsm.Listen: 10, fsm.Closing: 11,
}

// infoNames is the names that may stand in %{ }% blocks beside the fields. The
// names of FreeBSD (TCPI_) are of the same states.
var infoNames = map[string]int64{
	"TCP_ESTABLISHED": 1, "TCP_SYN_SENT": 2, "TCP_SYN_RECV": 3, "TCP_FIN_WAIT1": 4, "TCP_FIN_WAIT2": 5,
	"TCP_TIME_WAIT": 6, "TCP_CLOSE": 7, "TCP_CLOSE_WAIT": 8, "TCP_LAST_ACK": 9, "TCP_LISTEN": 10, "TCP_CLOSING": 11,

	"TCPI_ESTABLISHED": 1, "TCPI_SYN_SENT": 2, "TCPI_SYN_RECEIVED": 3, "TCPI_FIN_WAIT_1": 4, "TCPI_FIN_WAIT_2": 5,
	"TCPI_TIME_WAIT": 6, "TCPI_CLOSED": 7, "TCPI_CLOSE_WAIT": 8, "TCPI_LAST_ACK": 9, "TCPI_LISTEN": 10, "TCPI_CLOSING": 11,

	"TCP_CA_Open": 0, "TCP_CA_Disorder": 1, "TCP_CA_CWR": 2, "TCP_CA_Recovery": 3, "TCP_CA_Loss": 4,
	"TCPI_OPT_TIMESTAMPS": 1, "TCPI_OPT_SACK": 2, "TCPI_OPT_WSCALE": 4, "TCPI_OPT_ECN": 8, "TCPI_OPT_ECN_SEEN": 16,
	"TCPI_OPT_SYN_DATA": 32, "True": 1, "False": 0,
}

// errnoNumbers is the errors that scripts name, by their numbers on Linux: as
// the value of SO_ERROR they are numbers.
var errnoNumbers = map[string]int64{
	"EPERM": 1, "ENOENT": 2, "EEXIST": 17, "EIO": 5, "EBADF": 9, "EAGAIN": 11, "EWOULDBLOCK": 11, "EACCES": 13, "EFAULT": 14, "EINVAL": 22, "EPIPE": 32,
	"EPROTO": 71, "EMSGSIZE": 90, "ENOPROTOOPT": 92, "EOPNOTSUPP": 95, "EADDRINUSE": 98, "EADDRNOTAVAIL": 99, "ENETDOWN": 100,
	"ENETUNREACH": 101, "ECONNABORTED": 103, "ECONNRESET": 104, "ENOBUFS": 105, "EISCONN": 106, "ENOTCONN": 107, "ETIMEDOUT": 110,
	"ECONNREFUSED": 111, "EHOSTDOWN": 112, "EHOSTUNREACH": 113, "EALREADY": 114, "EINPROGRESS": 115,
}
