package referee

// urgent is urgent data (§3.8.5).
var urgent = []Match{
	{
		Name: "urgent", Doc: "the reader learns where the urgent data end (MUST-62)",
		Client: User{Stays: true}, Server: User{Stays: true, ReadsFrom: 1 << 60}, Link: wire10, Unfinished: true,
		Script: func(r *referee) {
			const n = 30
			r.When(r.client.play.open, func() {
				p := r.client.play
				p.says = script(r.client.name, n)
				p.written = n
				if _, err := p.conn.WriteUrgent(r.Now(), p.says); err != nil {
					r.whistle(r.client, "cannot send urgent data: %v", err)
				}
			})
			r.After(10*delay, func() {
				if got := r.server.play.conn.Urgent(); got != n {
					r.whistle(r.server, "takes %d bytes for urgent, and not %d", got, n)
				}
			})
		},
	},
}
