package explain

// Reason is why a packet was not used, as traces tell it. A reason that has no
// text in the language stays as it is.
func Reason(l Lang, why string) string {
	if text, ok := reasonsZH[why]; ok && l == ZH {
		return text
	}
	return why
}

// reasonsZH is the reasons of packages wire, stack, tcp and sim in Chinese.
var reasonsZH = map[string]string{
	// What the network did.
	"lost in the network":                 "在网络中丢失",
	"queue of the link full":              "链路队列已满",
	"queue of the link long for too long": "链路队列过长已久，主动丢弃",
	"too big for the link":                "超过链路的最大分组长度",
	"link down":                           "链路中断",
	"damaged in the network":              "在网络中损坏",

	// What ICMP errors say.
	"packet too big":                                    "分组过大",
	"network is unreachable":                            "网络不可达",
	"host is unreachable":                               "主机不可达",
	"connection refused: port unreachable":              "连接被拒绝：端口不可达",
	"the host does not speak TCP":                       "对方主机不支持 TCP",
	"forbidden on the way: administratively prohibited": "途中被禁止：管理策略",
	"the host or a router cannot read our packets":      "对方主机或路由器无法解析分组",

	// What a connection does not use.
	"no connection":                        "没有这个连接",
	"reset to a listener":                  "发给监听端的 RST",
	"ACK to a listener":                    "发给监听端的 ACK",
	"nothing that a listener could take":   "监听端不能接受的报文段",
	"ACK of something not sent":            "确认了没有发送过的内容",
	"reset that acknowledges nothing":      "没有确认任何内容的 RST",
	"neither SYN nor RST":                  "既不是 SYN 也不是 RST",
	"old timestamp (PAWS)":                 "时间戳过旧（PAWS）",
	"timestamp missing":                    "缺少时间戳",
	"out of window":                        "在窗口之外",
	"reset not at RCV.NXT, challenged":     "RST 不在 RCV.NXT，已质询",
	"reset accepted":                       "RST 已接受",
	"reset in TIME_WAIT":                   "TIME_WAIT 中的 RST",
	"SYN on a live connection, challenged": "连接存在时的 SYN，已质询",
	"second SYN in the handshake":          "握手中的第二个 SYN",
	"no ACK":                               "没有 ACK",
	"unacceptable ACK":                     "不可接受的 ACK",
	"text after FIN":                       "FIN 之后的数据",
	"text for a user who is gone":          "应用程序已离开，数据无人接收",
	"text beyond the window":               "超出窗口的数据",
	"received before":                      "已经收到过",
	"too many gaps":                        "乱序数据的空隙过多",
	"no memory":                            "内存不足",

	// What no connection sees.
	"not for us":         "不是发给本机的",
	"fragment":           "IP 分片",
	"bad source":         "源地址无效",
	"other protocol":     "其他协议",
	"SYN queue full":     "半连接队列已满",
	"accept queue full":  "全连接队列已满",
	"reset limit":        "RST 发送过多，已限速",
	"reply queue full":   "应答队列已满",
	"ICMP ignored":       "忽略的 ICMP",
	"ICMP unmatched":     "ICMP 没有对应的连接",
	"ICMP out of window": "ICMP 在窗口之外",
	"stack closed":       "协议栈已关闭",

	// What cannot be parsed.
	"ip: short packet":             "ip：分组过短",
	"ip: unknown version":          "ip：未知版本",
	"ip: bad header length":        "ip：首部长度错误",
	"ip: bad total length":         "ip：总长度错误",
	"ip: bad header checksum":      "ip：首部校验和错误",
	"ip: bad option":               "ip：选项错误",
	"ip: source route":             "ip：源路由",
	"ip: bad extension header":     "ip：扩展首部错误",
	"ip: unknown extension option": "ip：未知的扩展选项",
	"ip: bad fragment":             "ip：分片错误",
	"tcp: short segment":           "tcp：报文段过短",
	"tcp: bad data offset":         "tcp：数据偏移错误",
	"tcp: bad checksum":            "tcp：校验和错误",
	"icmp: short message":          "icmp：报文过短",
	"icmp: bad checksum":           "icmp：校验和错误",
	"icmp: wrong version":          "icmp：版本不符",
	"icmp: short quotation":        "icmp：引用的分组过短",
	"icmp: bad quotation":          "icmp：引用的分组错误",
}
