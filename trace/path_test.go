package trace

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lastack/lastack/fsm"
)

// moves makes the state events of one connection from the names of its states.
func moves(end string, c Conn, names string) (events []Event) {
	list := strings.Fields(names)
	for i := range list[1:] {
		from, _ := fsm.ParseState(list[i])
		to, _ := fsm.ParseState(list[i+1])
		events = append(events, Event{End: end, Conn: c, Kind: State, From: from, To: to})
	}
	return events
}

func wantPath(t *testing.T, got []fsm.State, want string) {
	t.Helper()
	if s := strings.Trim(fmt.Sprint(got), "[]"); s != want {
		t.Errorf("path %s\nwant %s", s, want)
	}
}

func TestPathJoinsTheListenerAndItsConnection(t *testing.T) {
	events := moves("server", door, "CLOSED LISTEN")
	events = append(events, moves("server", server, "LISTEN SYN_RCVD ESTABLISHED CLOSE_WAIT LAST_ACK CLOSED")...)
	events = append(events, moves("server", door, "LISTEN CLOSED")...)
	wantPath(t, Path(events, "server"), "CLOSED LISTEN SYN_RCVD ESTABLISHED CLOSE_WAIT LAST_ACK CLOSED")
	wantPath(t, PathOf(events, "server", server), "LISTEN SYN_RCVD ESTABLISHED CLOSE_WAIT LAST_ACK CLOSED")
	wantPath(t, PathOf(events, "server", door), "CLOSED LISTEN CLOSED")
}

func TestPathOfAListenerAlone(t *testing.T) {
	wantPath(t, Path(moves("server", door, "CLOSED LISTEN CLOSED"), "server"), "CLOSED LISTEN CLOSED")
}

func TestPathIsClosedWithoutEvents(t *testing.T) {
	wantPath(t, Path(nil, "server"), "CLOSED")
	wantPath(t, Path([]Event{{End: "server", Conn: server, Kind: Recv}}, "server"), "CLOSED")
	wantPath(t, PathOf(nil, "server", server), "CLOSED")
}

func TestPathKeepsToTheFirstConnection(t *testing.T) {
	second := client
	second.Local = server.Local
	events := moves("client", client, "CLOSED SYN_SENT CLOSED")
	events = append(events, moves("client", second, "CLOSED SYN_SENT ESTABLISHED")...)
	wantPath(t, Path(events, "client"), "CLOSED SYN_SENT CLOSED")
	if got := Conns(events, "client"); len(got) != 2 || got[1] != second {
		t.Errorf("Conns = %v", got)
	}
}

func TestPathOfAnActiveOpenerIgnoresAnotherListener(t *testing.T) {
	events := append(moves("client", door, "CLOSED LISTEN"), moves("client", client, "CLOSED SYN_SENT")...)
	wantPath(t, Path(events, "client"), "CLOSED SYN_SENT")
}
