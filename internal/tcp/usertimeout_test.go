package tcp

import (
	"testing"
	"time"
)

// utoConfig is a configuration with the user timeout option.
func utoConfig(d time.Duration) Config {
	return Config{NoTimestamps: true, NoWindowScale: true, NoSACK: true, NoDelay: true, UserTimeout: d, UserTimeoutOption: true}
}

// RFC 5482 §3: the option is on the SYN and on the first segment after it, which
// unlike the SYN may carry it for sure, and again when the user changes the timeout.
func TestUserTimeoutIsTold(t *testing.T) {
	e := exchange(t, `
		connect
		> S 0:0(0) <mss 1460,uto 300>
		wait 1s
		> S 0:0(0) <mss 1460,uto 300>
		< S. 0:0(0) ack 1 <mss 1000>
		> . 1:1(0) ack 1 <uto 300>
		write 10
		> P. 1:11(10) ack 1 <>
		< . 1:1(0) ack 11
	`, utoConfig(5*time.Minute))
	e.c.SetUserTimeout(e.now, 40000*time.Second)
	e.play("write 1000")
	e.play("> P. 11:1011(1000) ack 1 <>") // a full segment has no room
	e.play("< . 1:1(0) ack 1011")
	e.play("write 10")
	e.play("> P. 1011:1021(10) ack 1 <uto 40000>")
	e.play("< . 1:1(0) ack 1021")
	e.play("write 10")
	e.play("> P. 1021:1031(10) ack 1 <>")
}

// RFC 5482 §3: the option is off unless it is turned on, both ways.
func TestUserTimeoutOptionIsOffByDefault(t *testing.T) {
	e := exchange(t, `
		passive
		< S 0:0(0) <mss 1000,uto 1000>
		> S. 0:0(0) ack 1 <mss 1460>
		< . 1:1(0) ack 1 <uto 1000>
		write 10
		> P. 1:11(10) ack 1 <>
	`, Config{NoTimestamps: true, NoWindowScale: true, NoSACK: true, NoDelay: true, UserTimeout: time.Minute})
	if e.c.user.limit != time.Minute {
		t.Errorf("the user timeout is %v", e.c.user.limit)
	}
}

// RFC 5482 §3.1: the timeout is the larger of what the two ends want, within
// bounds, unless the user has set it himself.
func TestPeerHasASayInUserTimeout(t *testing.T) {
	for _, row := range []struct {
		own    time.Duration
		remote int // seconds
		want   time.Duration
	}{
		{5 * time.Minute, 600, 10 * time.Minute},
		{5 * time.Minute, 200, 5 * time.Minute},
		{30 * time.Second, 10, leastUserTimeout},
		{5 * time.Minute, 40000, mostUserTimeout},
		{0, 1800, 30 * time.Minute},
		{0, 60, 0}, // the count of retransmissions is about 15 minutes
	} {
		u := userTimeout{limit: row.own, offered: row.own, enabled: true}
		u.heard(time.Duration(row.remote) * time.Second)
		if u.limit != row.want {
			t.Errorf("%v here and %d s there: %v, want %v", row.own, row.remote, u.limit, row.want)
		}
	}
	e := exchange(t, `
		passive
		< S 0:0(0) <mss 1000,uto 600>
		> S. 0:0(0) ack 1 <mss 1460,uto 300>
		< . 1:1(0) ack 1
	`, utoConfig(5*time.Minute))
	if e.c.user.limit != 10*time.Minute {
		t.Errorf("the user timeout is %v", e.c.user.limit)
	}
	e.c.SetUserTimeout(e.now, time.Minute)
	e.play("< . 1:1(0) ack 1 <uto 900>")
	if e.c.user.limit != time.Minute {
		t.Errorf("the user has set a minute, and the timeout is %v", e.c.user.limit)
	}
}
