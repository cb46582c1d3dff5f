package play

// tutorialEN is the scenarios of the tutorial in English.
var tutorialEN = map[string]Words{
	"lifecycle": {
		Title: "The whole life of a connection",
		Line:  "three-way handshake, data both ways, close in four segments, 2 MSL of waiting",
		Text: `Three segments open the connection. SYN and SYN,ACK tell each end where the other's sequence numbers begin; the ACK tells the server that its own have arrived. That is why the client is ESTABLISHED half a round trip before the server.

Data flows both ways. An answer carries the acknowledgment of the question, so it costs no segment of its own.

The client closes first. A FIN ends one direction only and has to be acknowledged, so closing takes four segments. The server learns of it as end of file, stays in CLOSE_WAIT until its application closes too, and is done when its FIN is acknowledged. The client waits for 2 MSL in TIME_WAIT: its last ACK may be lost, and old segments must have time to die (RFC 9293 §3.5, §3.6, figures 5, 6 and 12).`,
	},
	"half-close": {
		Title: "Half-close: one end is done, the other is not",
		Line:  "after the client's FIN the server still sends its remaining data",
		Text: `The client sends its request and closes its own direction, as shutdown(SHUT_WR) does. Its FIN says "I send no more", not "I listen no more".

Look at the server in CLOSE_WAIT: it goes on sending, and the client takes the data and acknowledges it in FIN_WAIT_2. Only when the server's application closes does the second FIN go out. The states are those of the ordinary life; what differs is how long CLOSE_WAIT and FIN_WAIT_2 last, which is up to the application at the far end (RFC 9293 §3.6.1).`,
	},
	"fin-ack": {
		Title: "FIN answered by FIN,ACK: close in three segments",
		Line:  "the server has nothing left to send, so its FIN travels with the ACK of the client's",
		Text: `The server's application closes as soon as it reads end of file. The acknowledgment of the client's FIN has not been sent yet, so one segment carries both: FIN,ACK.

For the client this segment is two events. It acknowledges the client's FIN (FIN_WAIT_1 to FIN_WAIT_2), and it is the server's FIN (FIN_WAIT_2 to TIME_WAIT). Both rows are taken, at one instant, so somebody who only watches segments never sees FIN_WAIT_2. On the server CLOSE_WAIT is as short. This is note 2 of figure 5 (RFC 9293 §3.10.7.4 fifth and eighth).`,
	},
	"simultaneous-close": {
		Title: "Simultaneous close: both FINs cross",
		Line:  "both applications close in the same instant, and both ends end in TIME_WAIT",
		Text: `The picture begins with an open connection. Both applications close before either FIN has arrived, so both ends are the one that closes first.

Each end then gets a FIN where it waits for an ACK. It acknowledges it and goes to CLOSING: the peer is done, but our own FIN is not yet acknowledged. The ACKs cross too, and both ends go to TIME_WAIT, because neither can know whether its last ACK has arrived (RFC 9293 §3.6, figure 13).`,
	},
	"last-ack-lost": {
		Title: "The last ACK is lost: what TIME_WAIT is for",
		Line:  "FIN again, ACK again from TIME_WAIT, and 2 MSL start anew",
		Text: `The network loses the client's ACK of the server's FIN. The server stays in LAST_ACK, and when its retransmission timer fires it sends the FIN again.

The client has received all there is to receive, but it is still there, in TIME_WAIT, and remembers the connection: it acknowledges the FIN again and starts its 2 MSL anew. Had it forgotten the connection at once, the second FIN would be answered by a reset, and the server would report an error for a connection that ended well (RFC 9293 §3.6, §3.10.7.4 eighth).`,
	},
	"port-in-time-wait": {
		Title: "The port is in TIME_WAIT",
		Line:  "what happens to a SYN, or to a bind, for a connection that is in TIME_WAIT: four cases",
		Text:  `TIME_WAIT belongs to the end that closes first, and to one pair of addresses and ports. Here are four things that can happen to somebody who wants that pair again before 2 MSL are over. In each case the old connection was opened and closed before the picture begins.`,
	},
	"port-in-time-wait/newer-syn": {
		Title: "A newer SYN reopens the connection",
		Line:  "a listener, and a SYN with a newer timestamp: a new connection at once",
		Text:  `The server closed first and is in TIME_WAIT. The client connects again from the same port. Its SYN has a newer timestamp than anything seen before, so it cannot be an old duplicate: the server goes from TIME_WAIT straight to SYN_RCVD, and nobody has to wait (RFC 9293 MAY-2, RFC 6191). The new initial sequence number is larger than any that the old connection has used.`,
	},
	"port-in-time-wait/old-syn": {
		Title: "An older SYN has to wait",
		Line:  "a listener, and a SYN that looks old: ACK, RST, SYN again, until 2 MSL are over",
		Text: `The client's machine has restarted. Timestamps begin at a random place, and this time it is an older one than the server has seen. So the SYN may be an old duplicate, and the server only repeats its last ACK.

The client does not know what is acknowledged there and answers with RST. That reset would end TIME_WAIT early, which RFC 1337 advises against, so the server ignores it. The client's SYN comes again with the retransmission timer; once 2 MSL are over it meets a listener like any other.`,
	},
	"port-in-time-wait/no-listener": {
		Title: "Nobody listens any more",
		Line:  "no listener: TIME_WAIT still answers with ACK; when it is over, connection refused",
		Text: `The server's program has ended and its listener with it; only TIME_WAIT is left. Without a listener nothing can be reopened, however new the SYN is, so TIME_WAIT answers as it does to any SYN: with an ACK of what it expects (RFC 5961 §4.2). The client resets that, the reset is ignored, and the SYN comes again.

When TIME_WAIT is over, nobody knows the port any more: the next SYN is reset, and connect() fails with "connection refused".`,
	},
	"port-in-time-wait/bind": {
		Title: "Connecting from a port in TIME_WAIT",
		Line:  "the client closed first and wants the same port again: address in use, until 2 MSL are over",
		Text: `This time the client closed first, so the client is in TIME_WAIT. It connects to the same server from the same port: the call fails at once, because that pair of ports is in use, and no segment is sent. When 2 MSL are over the same call succeeds.

Only the pair counts. From another port, or from this one to another server, the client could connect at once; a client that lets the system choose its port rarely meets this. And lastack lets a server listen at a port whose old connections are in TIME_WAIT, as other systems do with SO_REUSEADDR.`,
	},
	"refused": {
		Title: "Connection refused: nobody listens",
		Line:  "the SYN is answered by RST, and connect fails at once",
		Text: `The machine is there, but no program listens at the port. A segment for a connection that does not exist is answered with RST (RFC 9293 §3.10.7.1). The reset acknowledges the SYN, so the client can believe it: SYN_SENT to CLOSED, and connect() fails with "connection refused" after one round trip.

Compare with connect-timeout, where there is no answer at all.`,
	},
	"connect-timeout": {
		Title: "Connection timed out: no answer",
		Line:  "every SYN is lost; it is sent again with growing pauses until the client gives up",
		Text: `A firewall on the way drops whatever the client sends, without a word. The client cannot tell this from a slow network, so it sends its SYN again: after 1 s, then 2, 4, 8 s ... (RFC 6298 §5). After seven retransmissions, more than four minutes, it gives up, and connect() fails with "connection timed out" (RFC 9293 §3.8.3, MUST-23).

Nothing reaches the server. Here no program listens there, so it stays in CLOSED; a listener would stay in LISTEN, and the client could not tell the difference.`,
	},
	"simultaneous-open": {
		Title: "Simultaneous open: both SYNs cross",
		Line:  "each end connects to the other, and one connection comes of it",
		Text: `Neither end listens; each connects to the other's port in the same instant. Each gets a SYN where it waits for SYN,ACK. It answers with SYN,ACK, in which its own SYN is sent again, and goes to SYN_RCVD.

The two SYN,ACKs cross as well, and each acknowledges the other's SYN: both ends are ESTABLISHED. Four segments, and one connection, not two. Programs that get through NATs from both sides use it (RFC 9293 §3.5, figure 7).`,
	},
	"listen-connect": {
		Title: "A listening end opens actively",
		Line:  "LISTEN to SYN_SENT: the server's listener connects to the client",
		Text: `The server has a listener, and then uses it to connect to the client, which listens too. The RFC lets a passive OPEN become an active one (RFC 9293 §3.10.1, LISTEN); in sockets this arrow does not exist, but it is in every state diagram. In lastack it is Listener.Dial; the listener goes on listening for others.

From SYN_SENT on all is as usual, with the parts swapped: here the server opens first and closes first, and so TIME_WAIT is the server's.`,
	},
	"rst-in-syn-rcvd": {
		Title: "A reset in SYN_RCVD: back to LISTEN",
		Line:  "the client gives up during the handshake; the server goes back to LISTEN and takes the next",
		Text: `The client's application aborts while its SYN is still on the way: SYN_SENT to CLOSED, and nothing is sent. The server knows nothing of it and answers the SYN. Its SYN,ACK finds no connection at the client, so the client's stack resets it.

The reset reaches the server in SYN_RCVD. A connection that came from LISTEN goes back there, and the server's application never hears of it (RFC 9293 §3.10.7.4 second). The second picture shows that the server still serves: another connection, from another port.`,
	},
	"close-in-syn-rcvd": {
		Title: "Close in SYN_RCVD",
		Line:  "the server's application closes before the handshake is complete, and nothing is lost",
		Text: `The server's application closes right after the SYN,ACK was sent. Nothing waits to be sent, so the FIN follows at once: SYN_RCVD to FIN_WAIT_1, without ESTABLISHED between (RFC 9293 §3.10.4).

CLOSE says only that this end sends no more. The client is connected all the same and sends its request, which the server acknowledges and reads although it has closed. Then the client sees end of file and closes too; the server, which closed first, has TIME_WAIT.`,
	},
}
