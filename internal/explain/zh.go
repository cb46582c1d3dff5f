package explain

import "github.com/lastack/lastack/fsm"

// pagesZH is the states in Chinese.
var pagesZH = [fsm.NumStates]Page{
	fsm.Closed: {
		Line:    "没有连接：一切的起点和终点",
		Meaning: "连接不存在，内存里也没有它的任何记录；CLOSED 只是给“不存在”起的名字。这时到达的报文段一律回 RST，除非它本身就是 RST。",
		Ends:    "两端都会：第一次 OPEN 之前，以及最后一次状态转换之后。",
		Timer:   "没有。",
		Seen:    "ss 不会列出。端口没人监听时，客户端收到 RST，看到的就是“connection refused”。在已经结束的连接上再调用，会得到被重置、超时或已关闭的错误。",
		Trouble: "客户端报“connection refused”：该地址和端口上没有程序在监听，或者程序只监听了 127.0.0.1。连接结束后描述符没有关闭，也会泄漏，而 ss 里什么都看不到。",
		Advice:  "用 ss -ltn 确认服务端在监听，监听的又是哪个地址。怀疑描述符泄漏时，数一数 /proc/PID/fd 里的 socket，再与 ss 列出的数量对比。",
	},
	fsm.Listen: {
		Line:    "服务端等待 SYN",
		Meaning: "已经被动打开，谁来的 SYN 都接。监听套接字自己一直停在这里；每来一个 SYN，就派生出一个独立的连接，从 LISTEN 走向 SYN_RCVD。",
		Ends:    "被动打开的一端，即服务端。它也可以改主意，转为主动打开。",
		Timer:   "没有。",
		Seen:    "ss -ltn 能看到监听套接字。在 Linux 上，Recv-Q 是等待 accept() 的连接数，Send-Q 是这个队列的上限。",
		Trouble: "Recv-Q 一直顶在上限：程序 accept() 得太慢。这时握手会被丢弃，客户端要等一秒以上的重传。",
		Advice:  "让 accept 循环只做 accept；同时调大 listen() 的 backlog 和 net.core.somaxconn；用 nstat -az TcpExtListenOverflows 观察。",
	},
	fsm.SynSent: {
		Line:    "connect() 发出了 SYN，等待 SYN,ACK",
		Meaning: "已经主动打开。SYN 带着本端的初始序列号和选项；对端的还一无所知。",
		Ends:    "主动打开的一端，即客户端；同时打开时两端都会经过。",
		Timer:   "重传定时器：按 1、2、4 秒……加倍重发 SYN，直到次数用完或用户超时。",
		Seen:    "connect() 阻塞，或者套接字还不可写。ss 显示 SYN-SENT，带 timer:(on,...)。网络快的时候很难碰上。",
		Trouble: "数量很多，或者一个停上好几秒：没有任何应答。可能是防火墙丢掉了 SYN，主机宕机，或者回程路由不通。端口只是没开的话会立刻回 RST，不会停在这里。",
		Advice:  "在两台主机上分别抓包：SYN 到了没有，SYN,ACK 发出来没有？检查两个方向的防火墙和路由。给 connect() 单独设超时，系统默认要两分钟左右。",
	},
	fsm.SynReceived: {
		Line:    "已用 SYN,ACK 应答 SYN，等待对它的 ACK",
		Meaning: "双方的初始序列号都已发出，本端的还没有得到确认。在监听端，连接此时排在半连接队列（SYN 队列）里，应用程序还不知道它。",
		Ends:    "服务端，从 LISTEN 进入；同时打开时两端都会，从 SYN_SENT 进入；服务端让 TIME_WAIT 中的连接重新打开时也会。",
		Timer:   "重传定时器：加倍等待重发 SYN,ACK，次数用完就放弃这个半连接。",
		Seen:    "应用程序什么也看不到。ss -tn state syn-recv 能列出来（SYN-RECV）。",
		Trouble: "来自大量不同地址：SYN 洪泛攻击，或者应答在回程中丢失。来自真实客户端：全连接队列（accept 队列）满了，最后的 ACK 被忽略，而客户端以为自己已经连上了。",
		Advice:  "遇到洪泛：打开 SYN cookie（net.ipv4.tcp_syncookies = 1），调大 net.ipv4.tcp_max_syn_backlog。队列满：加快 accept。用 nstat 区分两者：前者看 TcpExtTCPReqQFullDoCookies，后者看 TcpExtListenOverflows。",
	},
	fsm.Established: {
		Line:    "连接已打开，两个方向都能传数据",
		Meaning: "三次握手完成。客户端在发出最后一个 ACK 时进入，服务端收到它才进入，晚半个往返时间。",
		Ends:    "两端。",
		Timer:   "有数据未确认时是重传定时器；对端窗口为零时是坚持定时器；另有延迟 ACK 定时器；打开了保活还有保活定时器。",
		Seen:    "connect() 和 accept() 已经返回，可以读写。ss 显示 ESTAB：Recv-Q 是程序还没读走的数据，Send-Q 是对端还没确认的数据。",
		Trouble: "对端早已不在的空闲连接：主机断电，或 NAT 忘了映射，都不会发 FIN。Send-Q 不断增长：对端不读，或者不可达。Recv-Q 不断增长：本端程序不读。",
		Advice:  "打开保活或在应用层发心跳；给读写设截止时间，并设置 TCP_USER_TIMEOUT。用 ss -tnoi 查看定时器、往返时间和重传次数。",
	},
	fsm.FinWait1: {
		Line:    "本端先关闭：FIN 已发出，还没有得到确认",
		Meaning: "应用程序已经关闭，不再发送新数据。FIN 排在发送队列中所有数据之后。对端仍然可以继续发送。",
		Ends:    "先关闭的一端；同时关闭时两端都会。",
		Timer:   "数据和 FIN 的重传定时器；对端窗口为零时是坚持定时器。",
		Seen:    "close() 已经返回；或者调用的是 shutdown(SHUT_WR)，还可以继续读。ss 显示 FIN-WAIT-1；套接字已关闭时没有所属进程，Send-Q 里是剩下的数据。",
		Trouble: "正常只停留一个往返时间。数量很多：对端消失了，或者一直把窗口关成零，FIN 发不出去。每个连接都占着发送缓冲区，可能是攻击。",
		Advice:  "用 ss -tno state fin-wait-1 看定时器：on 表示没有应答，persist 表示零窗口。用 net.ipv4.tcp_orphan_retries 和 tcp_max_orphans 限制这类孤儿连接；对不读数据的对端可以直接中止（linger 0）。",
	},
	fsm.FinWait2: {
		Line:    "本端的 FIN 已被确认，对端的 FIN 还没来",
		Meaning: "半关闭：本端这个方向已经结束，对端还可以继续发送，想发多少发多少。半关闭正是为此而设。",
		Ends:    "先关闭的一端；此时另一端处于 CLOSE_WAIT。",
		Timer:   "RFC 9293 没有规定定时器，所以可能永远停在这里。应用程序已离开时，由 FIN_WAIT_2 定时器结束它（这里和 Linux 都是 60 秒）。",
		Seen:    "shutdown(SHUT_WR) 之后可以一直读到对端数据的末尾。ss 显示 FIN-WAIT-2；套接字已关闭的没有所属进程，带 timer:(timewait,...)。",
		Trouble: "数量很多：对端不关闭。到另一端看，会有同样多的 CLOSE_WAIT；毛病在那边。",
		Advice:  "修复对端的程序。本端可以在 shutdown() 之后给读操作设截止时间；net.ipv4.tcp_fin_timeout 只对已关闭的套接字起作用。",
	},
	fsm.CloseWait: {
		Line:    "对端的 FIN 已收到并确认，本端还可以发送",
		Meaning: "对端先关闭了。本端已经读到（或可以读到）文件结束；连接只等一件事：应用程序调用关闭。",
		Ends:    "后关闭的一端。",
		Timer:   "没有定时器会结束它。本端还有数据要送达时，重传和坚持定时器照常运行。",
		Seen:    "read() 返回 0，在 Go 里是 io.EOF。ss 显示 CLOSE-WAIT。在 Linux 上 Recv-Q 把 FIN 也算一个：大于等于 1 说明程序连结束都还没读到，等于 0 说明读到了却没有关闭。",
		Trouble: "数量多、持续增长、一停就是几分钟：程序忘了关闭。多半是出错分支没有 Close 就返回，或者连接池没有察觉对端已经关闭。最后描述符耗尽（too many open files）。",
		Advice:  "调内核参数没有用，这是本机程序的缺陷。ss -tnp state close-wait 能指出是哪个进程。在 Go 里：打开后立即 defer Close，关闭 response body，Read 返回 io.EOF 就关闭。",
	},
	fsm.Closing: {
		Line:    "双方都在看到对方的 FIN 之前发出了 FIN，本端的还没有得到确认",
		Meaning: "同时关闭：两个 FIN 在路上交错。对端的 FIN 已经确认，只差对端对本端 FIN 的 ACK。",
		Ends:    "两端同时。",
		Timer:   "本端 FIN 的重传定时器。",
		Seen:    "应用程序已经关闭，看不到什么了。ss 显示 CLOSING；通常不到一个往返时间，所以很少见。",
		Trouble: "有若干个长时间停在这里：对端恰好在此时不可达，本端的 FIN 或对它的 ACK 一再丢失。",
		Advice:  "程序没有什么要改的，查链路丢包。重传次数用完会自行结束。",
	},
	fsm.LastAck: {
		Line:    "被动关闭的一端发出了 FIN，等待最后一个 ACK",
		Meaning: "双方都已关闭。对本端 FIN 的 ACK 一到，本端的连接立即结束，不需要 TIME_WAIT。",
		Ends:    "后关闭的一端。",
		Timer:   "剩余数据和 FIN 的重传定时器。",
		Seen:    "close() 已经返回。ss 显示 LAST-ACK，没有所属进程，通常停留一个往返时间。",
		Trouble: "数量很多：ACK 收不到。对端发完 FIN 就消失了（移动客户端、关机），防火墙忘了这个连接，或者剩余数据被零窗口挡住。",
		Advice:  "大多无害，重传次数用完就结束。如果很多，查一查防火墙对正在关闭的连接是否超时太短，并参考 net.ipv4.tcp_orphan_retries。",
	},
	fsm.TimeWait: {
		Line:    "两个 FIN 都已完成，等待 2 MSL，让旧报文段消失",
		Meaning: "发送最后一个 ACK 的一端要再停留一段时间，原因有二：这个 ACK 如果丢了，对端会重发 FIN，必须有人再次确认；此外，这个连接滞留在网络中的旧报文段，不能被同样地址和端口上的新连接误收。",
		Ends:    "先关闭的一端；同时关闭之后两端都会。",
		Timer:   "2 MSL 定时器：这里和 Linux 总共 60 秒，RFC 9293 是 4 分钟。每次再收到对端的 FIN 都重新计时。",
		Seen:    "应用程序早已离开。ss -tno state time-wait 能看到，带 timer:(timewait,...)，没有所属进程。",
		Trouble: "谁先关闭，谁就有成千上万个，这很正常，内存开销也小。受影响的是频繁向同一地址和端口建立短连接的客户端或代理：临时端口用尽，connect() 报“cannot assign requested address”。服务端重启时可能报“address already in use”。",
		Advice:  "保持并复用连接（连接池、HTTP keep-alive）。在客户端增加本地地址，放宽 net.ipv4.ip_local_port_range，设 net.ipv4.tcp_tw_reuse = 1。服务端设置 SO_REUSEADDR。不要用 RST 中止来绕过它，那会丢数据。",
	},
}

// eventsZH is the events in Chinese.
var eventsZH = [fsm.NumEvents]string{
	fsm.CallListen:        "被动打开",
	fsm.CallConnect:       "主动打开",
	fsm.CallSend:          "应用发送",
	fsm.CallClose:         "应用关闭",
	fsm.CallAbort:         "应用中止",
	fsm.RcvSegment:        "收到报文段",
	fsm.RcvSYN:            "收到 SYN",
	fsm.RcvSYNACK:         "收到 SYN,ACK",
	fsm.RcvNewSYN:         "收到新的 SYN",
	fsm.RcvACKofSYN:       "收到 SYN 的 ACK",
	fsm.RcvACKofFIN:       "收到 FIN 的 ACK",
	fsm.RcvBadACK:         "收到无效 ACK",
	fsm.RcvFIN:            "收到 FIN",
	fsm.RcvRST:            "收到 RST",
	fsm.RcvTextAfterClose: "关闭后收到数据",
	fsm.RcvHardError:      "收到 ICMP 硬错误",
	fsm.RetransmitTimeout: "重传超时",
	fsm.UserTimeout:       "用户超时",
	fsm.KeepAliveTimeout:  "保活超时",
	fsm.FinWait2Timeout:   "FIN_WAIT_2 超时",
	fsm.TimeWaitTimeout:   "2 MSL 超时",
}

// guardsZH is the guards in Chinese.
var guardsZH = map[fsm.Guard]string{
	fsm.Passive:  "被动打开的",
	fsm.Active:   "主动打开的",
	fsm.Reopened: "重新打开的",
	fsm.Queued:   "有待发数据",
}

// actionsZH is the actions in Chinese, in the order of their bits.
var actionsZH = [...]string{
	"发送 SYN", "发送 SYN,ACK", "发送 ACK", "发送 RST", "发送 FIN", "质询 ACK", "重传",
	"数据入队", "稍后关闭", "通知已打开", "通知对端已关闭", "通知被重置", "通知被拒绝",
	"通知超时", "通知不可达", "启动 2 MSL", "删除 TCB", "报错",
}
