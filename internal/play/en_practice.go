package play

// practiceEN is the scenarios of practice in English.
var practiceEN = map[string]Words{
	"lost-syn": {
		Title: "The SYN is lost",
		Line:  "the client sends it again after a second; the server never knows",
		Text: `Nobody tells the client that its SYN was lost; only the missing answer does. It has no measure of the way yet, so it waits a whole second and sends the SYN again, with the same sequence number (RFC 6298 §2). Should that be lost too, the pause doubles.

That second is why a web page sometimes hangs for just a moment and then loads at once. The server has seen nothing of it.`,
	},
	"lost-synack": {
		Title: "The SYN,ACK is lost",
		Line:  "both ends have sent something that was not answered, and both send again",
		Text: `The server is in SYN_RCVD and its answer is lost. For the client it is as if its SYN had been lost. Both ends have a retransmission timer, and both send again after a second: the two segments cross.

The server takes the SYN that comes again for what it is, a known one, and the client is ESTABLISHED with the first SYN,ACK that arrives. Nothing is opened twice: both still agree on the same two initial sequence numbers.`,
	},
	"lost-handshake-ack": {
		Title: "The handshake's last ACK is lost",
		Line:  "the client's data complete the handshake",
		Text: `The client is ESTABLISHED, the server is not: the ACK of its SYN,ACK is lost. It need not be sent again on its own. Every segment of the client carries the same acknowledgment, so the request that follows is all that the server waits for. One segment does both: SYN_RCVD to ESTABLISHED, and the data.

If the client had nothing to say, the server would send its SYN,ACK again after a second, and the client would acknowledge it again.`,
	},
	"old-duplicate-syn": {
		Title: "An old SYN arrives before the new one",
		Line:  "a SYN from an attempt that was given up long ago; the server answers, the client resets it",
		Text: `The picture begins while a SYN is still on its way that the client sent long ago, for an attempt it has given up since. The client connects again from the same port with another initial sequence number, and its new SYN is slower than the old one.

The server cannot know which SYN is meant and answers the old one. The client can: what is acknowledged there it has not sent in this life. Its reset takes the server back to LISTEN, where the new SYN finds it. Figure 8 of RFC 9293 is this scene; it is why the handshake has three segments and not two (§3.5).`,
	},
	"half-open": {
		Title: "One end has restarted: a half-open connection",
		Line:  "the server still holds the old connection when the client connects from the same port",
		Text: `The connection is open; then the client's machine loses its power and starts again. It remembers nothing, and the server knows nothing of that: the connection is half-open.

The client connects from the same port. For the server that SYN belongs to a connection which is alive, and a SYN there is never believed (RFC 5961 §4.2): it says what it expects. The client has not sent that and answers with a reset, which ends the old connection. The SYN comes again after a second and meets a listener like any other (RFC 9293 §3.5.1, figure 9).`,
	},
	"active-end-finds-half-open": {
		Title: "The end that sends finds out",
		Line:  "the client has restarted and does nothing; the server's data are answered by a reset",
		Text: `Again the client's machine has restarted and the server does not know it. This time it is the server that has something to say. Its segment arrives where nobody has such a connection and is answered with a reset: "connection reset by peer" (RFC 9293 §3.5.1, figure 10).

Had the server nothing to send, it would hold the connection for ever. That is what keep-alive is for: see keepalive-dead-peer.`,
	},
	"accept-queue-full": {
		Title: "The accept queue is full",
		Line:  "the server's program accepts too slowly; SYNs are dropped and come again",
		Text: `Between the stack and the program stands the accept queue: connections that are complete and that nobody has accepted. Here it has room for one. The first client is ESTABLISHED and even has its request acknowledged, although the program has not looked yet.

The second client's SYN finds no room and is dropped, without a word: a reset would end the attempt, silence makes it come again. When the program accepts at last, the next copy of that SYN gets in. In practice this looks like a network that is slow by whole seconds; the cure is a program that accepts faster, or a longer queue (the backlog of listen).`,
	},
	"host-unreachable": {
		Title: "Host unreachable: what ICMP may do",
		Line:  "errors that routers report: some are waited out, some end the attempt",
		Text:  `A router that cannot deliver a packet says so with ICMP. Not every such message may end a connection: routes come and go, and messages can be forged. Here are three cases (RFC 9293 §3.9.2.2, RFC 5461).`,
	},
	"host-unreachable/soft": {
		Title: "A soft error while connecting",
		Line:  "the host is unreachable for a moment; the client goes on trying, and succeeds",
		Text: `"Host unreachable" is a soft error: a route may be back in a second. The client notes it and goes on sending its SYN. When the network works again, so does the connection, as if nothing had happened.

Only if every attempt failed, connect() would report what ICMP said, "host is unreachable", instead of "timed out".`,
	},
	"host-unreachable/hard": {
		Title: "A hard error while connecting",
		Line:  "a firewall answers port unreachable; connect fails at once",
		Text: `"Port unreachable" and "protocol unreachable" are hard errors: to try again is of no use. In SYN_SENT the client believes them and gives up at once: "connection refused", though no RST has come.

The error quotes the header of the SYN, and its sequence number must be one that is on its way; otherwise anybody could end connections with forged messages (RFC 5927 §4.1).`,
	},
	"host-unreachable/open": {
		Title: "An error while the connection is open",
		Line:  "the same message changes nothing in ESTABLISHED: the data are sent again until they arrive",
		Text: `The connection is open when the server's network goes away for more than a second. Every segment of the client comes back as "host unreachable", and the client goes on: in a synchronized state no ICMP error ends a connection, hard or soft (RFC 5461 §4). Its retransmission timer does the work.

The application can ask what the trouble is, and is told; otherwise it sees only that the answer takes longer.`,
	},
	"path-mtu": {
		Title: "The way is narrower than it looked",
		Line:  "full packets come back as ICMP too big; the client sends smaller ones at once",
		Text: `Both ends have links of 1500 bytes and agree on segments of that size. Somewhere between them is a tunnel that carries 1400. Packets must not be cut into fragments, so its router drops the full ones and says how large they may be: path MTU discovery (RFC 1191).

The client believes it, because the message quotes what it has sent, and sends the same bytes again in smaller segments, without waiting for a timer. The loss says nothing about congestion. Where a firewall swallows these messages the connection hangs: the handshake works, and the first full packet never arrives.`,
	},
	"rto": {
		Title: "Nothing comes back: the retransmission timer",
		Line:  "the request is lost, and again; each pause is twice as long as the one before",
		Text: `The network loses the request. After it nothing follows that could tell the client of a gap, so only time can. First a probe: the same segment once more, in case that only the last of them was lost (RFC 8985 §7). Then the retransmission timer, whose value comes from the measured round trip, here its least, 200 ms (RFC 6298 §2).

The way stays dead for a while, and all of that is lost as well. Each timeout doubles the next pause: whoever goes on sending into a congested network at the same rate keeps it congested (RFC 6298 §5.5). The price stands at the end: the network has long been back when the next copy goes out.`,
	},
	"zero-window": {
		Title: "Zero window: the reader does not read",
		Line:  "the receiver closes its window; the sender probes until it opens again",
		Text: `The server's program does not read, and its buffer has room for three segments. When they are in, the window that it offers is zero: stop. That is flow control, and it is not an error (RFC 9293 §3.8.6).

An open window would be told by an empty segment, and such a segment can be lost. So the client does not rely on it: its persist timer lets it send one byte into the closed window, again and again, with growing pauses. The answer says whether the window is still closed (§3.8.6.1). As long as there is an answer, the connection stays open, for hours if need be. When the program reads at last, the rest goes out.`,
	},
	"keepalive-dead-peer": {
		Title: "Keep-alive finds a dead peer",
		Line:  "nobody has anything to say, and the server's machine is gone; probes find out",
		Text: `The connection is idle, and the server's machine is unplugged. No segment is due, so nothing would ever go wrong: without keep-alive the client would stay ESTABLISHED for ever.

After 15 s of silence the client sends a probe: an empty segment with a sequence number that is one too old, which a living peer has to acknowledge. Three probes stay unanswered, and the connection is given up with "connection timed out" (RFC 9293 §3.8.4). The server's end, which saw nothing, is still ESTABLISHED in this picture.`,
	},
	"partition": {
		Title: "The network is cut in two",
		Line:  "data stay unacknowledged until the user timeout; the other end learns it later",
		Text: `The cable is cut, and the client sends. It sends again and again, each time after twice the pause. Its user has said how long that may last: after ten seconds the user timeout closes the connection (RFC 9293 §3.8.3). Without one it would take some fifteen retransmissions, a quarter of an hour.

The server knows nothing of all this: a cut makes no sound. When the network is whole again and it sends something, it meets a machine without such a connection: reset. So both ends have lost the connection, at different times and for different reasons.`,
	},
	"fast-recovery": {
		Title: "One segment of many is lost",
		Line:  "what arrives after the gap tells of it; it is filled without waiting for a timer",
		Text: `Ten segments leave at once, and one of them is lost. Those behind it arrive, and each is acknowledged at once, with the number that is still missing and, as SACK, with what is there already (RFC 2018).

So the sender knows what is missing. When three segments have arrived behind the gap it holds that one lost (RACK, RFC 8985) and sends just that again. One round trip later all is well: no timer has run out, nothing was sent in vain, and the congestion window is a little smaller (RFC 9438, RFC 9937).`,
	},
	"reordering": {
		Title: "A segment is overtaken",
		Line:  "late is not lost: the sender waits a little, and nothing is sent twice",
		Text: `One segment takes a longer way, and two that left behind it arrive before it. The gap looks like a loss: there are acknowledgments with SACK blocks.

The sender allows for some delay. It waits for a quarter of the round-trip time before it holds the segment lost (RACK, RFC 8985 §6.2), and by then it has arrived. Nothing is sent again, and the rate stays as it is. Should it be wrong once, the receiver's D-SACK tells, and the sender takes the reduction back and waits longer from then on.`,
	},
	"server-closes-first": {
		Title: "The server closes first",
		Line:  "as with HTTP/1.0: the one who answers closes, and TIME_WAIT is the server's",
		Text: `The server answers and closes at once; its FIN travels with the data. The states are those of the ordinary life with the parts swapped: it is the server that goes through FIN_WAIT_1 and FIN_WAIT_2 and then has TIME_WAIT.

On a busy server that is tens of thousands of entries in TIME_WAIT. They cost it little memory, and no port, because all are connections of its one port; the client, which was in CLOSE_WAIT and LAST_ACK, is rid of its port at once.`,
	},
	"abort": {
		Title: "Abort: close with a reset",
		Line:  "linger 0: no FIN, no TIME_WAIT; the peer is told that something went wrong",
		Text: `The client does not close, it throws the connection away: ABORT, as with SO_LINGER of zero. What has not been delivered is forgotten, one RST goes out, and both ends are CLOSED at once (RFC 9293 §3.10.5).

There is no TIME_WAIT, which tempts some programs to close like this. The price: the server's read fails with "connection reset by peer" instead of end of file, and data that were still on their way, in either direction, are lost. For a connection that has gone wrong that is right; as a habit it is not.`,
	},
	"close-with-unread-data": {
		Title: "Close with unread data",
		Line:  "the client closes without having read the answer: the server gets a reset, not a FIN",
		Text: `The client closes in the ordinary way, but the answer lies unread in its buffer. A FIN would tell the server that all is well and that its data were taken. They were not, so the stack sends RST (RFC 9293 §3.6.1, RFC 2525 §2.17).

This is where many a mysterious "connection reset by peer" comes from: a program that closes a little too early. It should read until end of file first.`,
	},
	"fin-wait-2-orphan": {
		Title: "FIN_WAIT_2 without a user",
		Line:  "the peer does not close; a timer ends what the application has long left",
		Text: `The client has closed and its program has left; the server acknowledges the FIN and does not close its own side. In FIN_WAIT_2 the RFC has no timer, so the connection could stay for ever. As nobody is there any more who could read, the stack gives it up after 60 s, as others do too.

When the server closes at last, its FIN meets nobody and is reset. It had its time. An application that has closed only its sending side (see half-close) is still there, and then no timer runs.`,
	},
	"close-wait-leak": {
		Title: "CLOSE_WAIT: the application forgets to close",
		Line:  "clients come and go, and at the server a connection in CLOSE_WAIT is left of each",
		Text: `Two clients come, are answered and close. The server reads end of file and does nothing. Its connections stay in CLOSE_WAIT: no timer ends that state, because only the application can know whether it still has something to say.

Look at the last states: the clients are gone, after FIN_WAIT_2, and the server has two connections that nobody will ever close. That is a leak, of file descriptors in the end. Many connections in CLOSE_WAIT are never the network's fault: somewhere a program does not close what it has accepted.`,
	},
	"port-reuse": {
		Title: "One port, two connections",
		Line:  "the client uses a port that is in TIME_WAIT again, for another server port, at once",
		Text: `A connection is four numbers: two addresses, two ports. The client's first connection is in TIME_WAIT, and still the client connects from the same port at once, because this time it is to another port of the server: a different four.

So 28,000 ephemeral ports are not the number of connections that a client can have, but of those to one address and port. Compare port-in-time-wait, where all four are the same.`,
	},
	"time-wait-assassination": {
		Title: "TIME_WAIT survives its assassination",
		Line:  "an old segment, the ACK of it, a reset in return: TIME_WAIT ignores the reset",
		Text: `Some time after the end an old copy of the server's answer arrives at the client. TIME_WAIT answers what it cannot use with an ACK. But the server has no such connection any more, and replies with RST.

By the letter of the RFC that reset would end TIME_WAIT, and the port would be free while old segments still travel: assassinated by a duplicate (RFC 1337). So resets are ignored in TIME_WAIT, and it lasts as long as it must.`,
	},
	"blind-rst": {
		Title: "A forged reset",
		Line:  "an attacker guesses a number within the window; the server asks, and nothing breaks",
		Text: `Somebody who sees nothing of the connection but knows its addresses and ports sends a RST with the client's address. He has to guess the sequence number; any one in the window used to be enough.

Now a reset must have exactly the number that is expected next. For any other in the window the server sends a challenge ACK (RFC 5961 §3.2): a client that had really reset would answer it with a reset of the right number. This one takes it for a duplicate, and the connection goes on.`,
	},
	"blind-syn": {
		Title: "A forged SYN",
		Line:  "a SYN in the middle of a connection is not believed but challenged",
		Text: `The same attacker tries a SYN. In RFC 793 a SYN in the window was an error that ended the connection. Now it is answered with a challenge ACK, whatever its number is (RFC 5961 §4.2).

That answer also serves the honest case, a client that has restarted and connects from the same port: see half-open. Here the client is alive and ignores the ACK.`,
	},
	"syn-flood": {
		Title: "SYN flood and SYN cookies",
		Line:  "forged SYNs fill the queue of half-open connections; a cookie lets the client in all the same",
		Text: `SYNs with forged addresses arrive. Each costs the server a half-open connection in SYN_RCVD, and its SYN,ACK goes nowhere. The SYN queue, here of two places, is full.

The client's SYN finds no place and is answered all the same: in the initial sequence number of that SYN,ACK stands all that the server has to know, sealed with a secret, and it remembers nothing (RFC 4987 §3.6). Look at the server's states: none at the SYN. Only when the ACK brings the number back, the connection is made of it, and SYN_RCVD and ESTABLISHED come in one instant. The forged ones are given up after a while.`,
	},
}
