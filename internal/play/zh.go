package play

// tutorialZH is the scenarios of the tutorial in Chinese.
var tutorialZH = map[string]Words{
	"lifecycle": {
		Title: "一个连接的一生",
		Line:  "三次握手、双向传数据、四次挥手，最后等待 2 MSL",
		Text: `打开连接要三个报文段。SYN 和 SYN,ACK 告诉双方对方的序列号从哪里开始；最后的 ACK 告诉服务端，它的 SYN 已经到了。所以客户端进入 ESTABLISHED 比服务端早半个往返。

随后双向传数据。应答顺便带上对请求的确认，不必为 ACK 单独发一个报文段。

客户端先关闭。FIN 只结束一个方向，并且要得到确认，因此关闭要四个报文段。服务端读到文件结束，停在 CLOSE_WAIT，直到自己的应用程序也关闭；它的 FIN 得到确认后，连接就没有了。客户端还要在 TIME_WAIT 里等 2 MSL：最后的 ACK 可能丢失，旧报文段也要有时间在网络里消失（RFC 9293 §3.5、§3.6，图 5、6、12）。`,
	},
	"half-close": {
		Title: "半关闭：一端说完了，另一端还没有",
		Line:  "收到客户端的 FIN 之后，服务端继续发完剩下的数据",
		Text: `客户端发出请求后关闭自己的方向，就像调用 shutdown(SHUT_WR)。FIN 的意思是“我不再发了”，而不是“我不再收了”。

注意处在 CLOSE_WAIT 的服务端：它继续发送，客户端在 FIN_WAIT_2 里照常接收和确认。等服务端的应用程序也关闭，第二个 FIN 才发出。经过的状态和平常一样，不同的是 CLOSE_WAIT 和 FIN_WAIT_2 停留多久，这由对端的应用程序决定（RFC 9293 §3.6.1）。`,
	},
	"fin-ack": {
		Title: "用 FIN,ACK 回答 FIN：三次挥手",
		Line:  "服务端没有数据要发了，它的 FIN 和对客户端 FIN 的确认合成一个报文段",
		Text: `服务端的应用程序一读到文件结束就关闭。这时对客户端 FIN 的确认还没有发出，于是一个报文段同时带上两样：FIN,ACK。

对客户端来说，这个报文段是两件事：它确认了客户端的 FIN（FIN_WAIT_1 到 FIN_WAIT_2），它又是服务端的 FIN（FIN_WAIT_2 到 TIME_WAIT）。两行转换在同一时刻先后发生，所以只看报文段的人看不到 FIN_WAIT_2。服务端的 CLOSE_WAIT 也同样短暂。这就是图 5 的注 2（RFC 9293 §3.10.7.4 第五步、第八步）。`,
	},
	"simultaneous-close": {
		Title: "同时关闭：两个 FIN 在途中交错",
		Line:  "两端的应用程序同时关闭，两端最后都进入 TIME_WAIT",
		Text: `图从已经建立的连接开始。两端的应用程序都在对方的 FIN 到达之前关闭，所以两端都是先关闭的一端。

每一端等的是 ACK，来的却是 FIN。它确认这个 FIN，进入 CLOSING：对端说完了，而自己的 FIN 还没有得到确认。两个 ACK 也在途中交错，两端都进入 TIME_WAIT，因为谁也不知道自己最后的 ACK 是否到了（RFC 9293 §3.6，图 13）。`,
	},
	"last-ack-lost": {
		Title: "最后的 ACK 丢了：TIME_WAIT 的用处",
		Line:  "FIN 重发，TIME_WAIT 再次回 ACK，2 MSL 重新计时",
		Text: `客户端对服务端 FIN 的确认在网络里丢了。服务端停在 LAST_ACK，重传定时器到时后再发一次 FIN。

客户端该收的都收到了，但它还停在 TIME_WAIT，记得这个连接：它再确认一次 FIN，2 MSL 从头计时。如果它当时就把连接忘掉，第二个 FIN 得到的会是 RST，一个正常结束的连接就会在服务端报错（RFC 9293 §3.6，§3.10.7.4 第八步）。`,
	},
	"port-in-time-wait": {
		Title: "端口还在 TIME_WAIT",
		Line:  "连接处于 TIME_WAIT 时又来 SYN，或者又要绑定端口，会怎样：四种情况",
		Text:  `TIME_WAIT 出现在先关闭的一端，属于一对确定的地址和端口（四元组）。2 MSL 还没有过，又有人要用同一个四元组，会发生什么？下面是四种情况。每一种情况里，旧连接都在图开始之前就已经打开又关闭了。`,
	},
	"port-in-time-wait/newer-syn": {
		Title: "较新的 SYN 直接重开连接",
		Line:  "有监听，SYN 的时间戳更新：立刻建立新连接",
		Text:  `服务端先关闭，处于 TIME_WAIT。客户端用同一个端口再次连接。SYN 的时间戳比以前见过的都新，不可能是旧的重复报文段，于是服务端从 TIME_WAIT 直接进入 SYN_RCVD，谁也不用等（RFC 9293 MAY-2，RFC 6191）。新的初始序列号大于旧连接用过的所有序列号。`,
	},
	"port-in-time-wait/old-syn": {
		Title: "较旧的 SYN 只能等",
		Line:  "有监听，但 SYN 看起来是旧的：ACK、RST、再发 SYN，直到 2 MSL 过去",
		Text: `客户端的机器重启了。时间戳从一个随机的位置开始，这一次正好比服务端见过的要旧。这个 SYN 有可能是旧的重复报文段，所以服务端只是重复最后的 ACK。

客户端看不懂这个 ACK 确认的是什么，回一个 RST。RST 会让 TIME_WAIT 提前结束，RFC 1337 建议不要这样，因此服务端不理会它。客户端的重传定时器到时，再发 SYN；等 2 MSL 过去，SYN 遇到的就是普通的监听了。`,
	},
	"port-in-time-wait/no-listener": {
		Title: "已经没有程序在监听",
		Line:  "没有监听：TIME_WAIT 仍然回 ACK；它结束以后，连接被拒绝",
		Text: `服务端的程序退出了，监听也没有了，只剩下 TIME_WAIT。没有监听，SYN 再新也不能重开连接，TIME_WAIT 就像对待任何 SYN 一样，用 ACK 说明自己等的是什么（RFC 5961 §4.2）。客户端对它回 RST，RST 被忽略，然后再发 SYN。

TIME_WAIT 结束以后，这个端口再也没有谁知道：下一个 SYN 得到 RST，connect() 失败，报“connection refused”。`,
	},
	"port-in-time-wait/bind": {
		Title: "从处于 TIME_WAIT 的端口发起连接",
		Line:  "客户端先关闭，又要用同一个端口：地址已被占用，直到 2 MSL 过去",
		Text: `这一次是客户端先关闭，TIME_WAIT 在客户端。它从同一个端口再连同一个服务端：调用立刻失败，因为这一对端口还在使用中，一个报文段也没有发出。2 MSL 过去以后，同样的调用就成功了。

占用的只是这一个四元组。换一个端口，或者从这个端口去连别的服务端，马上就可以；让系统选端口的客户端很少会碰到这种情况。另外，服务端可以直接在还有 TIME_WAIT 连接的端口上监听：lastack 允许，其他系统要设置 SO_REUSEADDR。`,
	},
	"refused": {
		Title: "连接被拒绝：没有程序在监听",
		Line:  "SYN 得到 RST，connect 立刻失败",
		Text: `机器在，但是这个端口没有程序在监听。发给不存在的连接的报文段，一律回 RST（RFC 9293 §3.10.7.1）。这个 RST 确认了 SYN，所以客户端可以相信它：SYN_SENT 到 CLOSED，一个往返之后 connect() 失败，报“connection refused”。

请和 connect-timeout 对比：那里什么回答都没有。`,
	},
	"connect-timeout": {
		Title: "连接超时：没有任何回答",
		Line:  "每个 SYN 都丢了；间隔越来越长地重发，直到客户端放弃",
		Text: `途中的防火墙悄悄丢掉客户端发出的一切。客户端分不清这是丢弃还是网络太慢，只好重发 SYN：先等 1 秒，再等 2 秒、4 秒、8 秒……（RFC 6298 §5）。重发七次，过了四分多钟，它放弃了，connect() 失败，报“connection timed out”（RFC 9293 §3.8.3，MUST-23）。

什么也到不了服务端。这里没有程序在监听，所以它停在 CLOSED；如果有监听，它会停在 LISTEN，而客户端看不出任何区别。`,
	},
	"simultaneous-open": {
		Title: "同时打开：两个 SYN 在途中交错",
		Line:  "两端互相连接，得到的是一个连接",
		Text: `两端都没有监听，而是在同一时刻连接对方的端口。每一端等的是 SYN,ACK，来的却是 SYN。它用 SYN,ACK 回答，其中再次带上自己的 SYN，进入 SYN_RCVD。

两个 SYN,ACK 也在途中交错，各自确认了对方的 SYN：两端都进入 ESTABLISHED。一共四个报文段，得到一个连接，而不是两个。从两侧穿越 NAT 的程序会用到它（RFC 9293 §3.5，图 7）。`,
	},
	"listen-connect": {
		Title: "监听的一端主动打开",
		Line:  "LISTEN 到 SYN_SENT：服务端的监听转为连接客户端",
		Text: `服务端在监听，然后用这个监听去连接客户端，客户端也在监听。RFC 允许把被动打开变成主动打开（RFC 9293 §3.10.1，LISTEN）；套接字接口里没有这条路，但每一张状态图上都画着它。在 lastack 里它就是 Listener.Dial，监听本身继续为其他连接服务。

从 SYN_SENT 开始一切如常，只是角色对换：这里先打开、先关闭的是服务端，所以 TIME_WAIT 也在服务端。`,
	},
	"rst-in-syn-rcvd": {
		Title: "在 SYN_RCVD 收到 RST：回到 LISTEN",
		Line:  "客户端在握手途中放弃；服务端回到 LISTEN，继续接受下一个连接",
		Text: `SYN 还在路上，客户端的应用程序就放弃了：SYN_SENT 到 CLOSED，什么也不发。服务端并不知道，照常回答 SYN。它的 SYN,ACK 在客户端找不到连接，于是客户端的协议栈回 RST。

RST 到达时，服务端处于 SYN_RCVD。从 LISTEN 来的连接回到 LISTEN，服务端的应用程序对此毫不知情（RFC 9293 §3.10.7.4 第二步）。第二张图说明服务端仍在服务：从另一个端口来的另一个连接。`,
	},
	"close-in-syn-rcvd": {
		Title: "在 SYN_RCVD 关闭",
		Line:  "握手还没完成，服务端的应用程序就关闭了，而什么也没有丢",
		Text: `SYN,ACK 刚发出，服务端的应用程序就关闭了。没有数据等着发送，FIN 随即跟上：SYN_RCVD 直接到 FIN_WAIT_1，中间没有 ESTABLISHED（RFC 9293 §3.10.4）。

CLOSE 只是说这一端不再发送。客户端照样连上，照样发出请求；服务端虽然已经关闭，仍会确认并读取它。随后客户端读到文件结束，也关闭；先关闭的是服务端，所以 TIME_WAIT 在服务端。`,
	},
}
