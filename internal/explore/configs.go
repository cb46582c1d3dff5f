package explore

// A Size is how much a search is to cover.
type Size int

// The sizes.
const (
	Small  Size = iota // every shape of configuration, in seconds: for go test
	Normal             // for every change: under a minute in all
	Deep               // for the night: half an hour in all
)

// A shape is a kind of configuration: its small form, and what makes it larger.
type shape struct {
	Config
	normal, deep func(c *Config)
}

// The users of the shapes.
var (
	client = User{Connect: true, Close: true, Sends: 1}
	server = User{Listen: true, Close: true}
	either = User{Connect: true, Listen: true, Close: true, Sends: 1}
)

func both(u User) [2]User { return [2]User{u, u} }

// with is a user who may also do what change says.
func (u User) with(change func(u *User)) User {
	change(&u)
	return u
}

// shapes is every kind of configuration.
var shapes = []shape{
	{
		Config: Config{
			Name: "loss", Doc: "a client and a server, each in numbers of its own; delayed ACKs; SACK; loss and duplication",
			Users: [2]User{client, server}, Capacity: 3, Drops: 1, Dups: 1, SACK: true,
		},
		normal: func(c *Config) { c.Capacity = 4 },
		deep:   func(c *Config) { c.Drops, c.Spurious, c.Users[1].Sends = 2, 1, 1 },
	},
	{
		Config: Config{
			Name: "open", Doc: "either end opens in either way, sends and closes, at any time",
			Users: both(either), Capacity: 3, EagerACK: true, Swap: true,
		},
		normal: func(c *Config) { c.Drops, c.Swap = 1, false },
		deep:   func(c *Config) { c.Capacity, c.Dups, c.Swap = 4, 1, true },
	},
	{
		Config: Config{
			Name: "data", Doc: "several octets each way, reordered: reassembly, SACK",
			Users:    [2]User{client.with(func(u *User) { u.Sends = 2 }), server},
			Capacity: 3, Drops: 1, Spurious: 1, EagerACK: true, SACK: true,
		},
		normal: func(c *Config) {
			c.Users, c.Swap = both(either.with(func(u *User) { u.Sends = 2 })), true
			c.Drops, c.Spurious = 0, 0
		},
		deep: func(c *Config) { c.Drops = 1 },
	},
	{
		Config: Config{
			Name: "hasty", Doc: "retransmissions that were not needed; SACK and D-SACK",
			Users: both(either), Capacity: 3, Spurious: 1, EagerACK: true, Swap: true, SACK: true,
		},
		normal: func(c *Config) { c.Drops = 1 },
		deep:   func(c *Config) { c.Capacity, c.Dups = 4, 1 },
	},
	{
		Config: Config{
			Name: "abort", Doc: "either user may abort at any time; keep-alive finds out",
			Users: both(either.with(func(u *User) { u.Abort = true })), Capacity: 2, Drops: 1, EagerACK: true, KeepAlive: true, Swap: true,
		},
		normal: func(c *Config) { c.Capacity = 3 },
		deep:   func(c *Config) { c.Dups = 1 },
	},
	{
		Config: Config{
			Name: "gone", Doc: "either user may go away at any time: FIN_WAIT_2 ends, late text is reset",
			Users: both(either.with(func(u *User) { u.Release = true })), Capacity: 2, Drops: 1, EagerACK: true, KeepAlive: true, Swap: true,
		},
		normal: func(c *Config) { c.Capacity = 3 },
		deep:   func(c *Config) { c.Dups = 1 },
	},
	{
		Config: Config{
			Name: "patience", Doc: "retransmissions and probes are counted, and the ends give up (R2)",
			Users: [2]User{client, server}, Capacity: 2, Drops: 1, EagerACK: true, KeepAlive: true, GivesUp: true, Throttles: true,
		},
		normal: func(c *Config) { c.Users, c.Capacity, c.Swap = both(either), 3, true },
		deep:   func(c *Config) { c.Dups = 1 },
	},
	{
		Config: Config{
			Name: "window", Doc: "a window of one octet, and users who read when they like: it closes and is probed",
			Users:    [2]User{client.with(func(u *User) { u.Sends = 2 }), server},
			Capacity: 2, Drops: 1, Window: 1, LazyRead: true, EagerACK: true, Throttles: true,
		},
		normal: func(c *Config) { c.Users[0].Sends, c.Users[1].Sends = 1, 1 },
		deep:   func(c *Config) { c.Users[0].Sends, c.Capacity = 2, 3 },
	},
	{
		Config: Config{
			Name: "challenge", Doc: "challenge ACKs are limited: no two ends acknowledge each other for ever",
			Users: both(either), Capacity: 2, Drops: 1, Dups: 1, EagerACK: true, Throttles: true, Swap: true,
		},
		normal: func(c *Config) { c.Capacity, c.Dups = 3, 0 },
		deep:   func(c *Config) { c.Dups, c.Spurious = 1, 1 },
	},
	{
		Config: Config{
			Name: "icmp", Doc: "a hard error arrives at any time",
			Users: both(either), Capacity: 2, Drops: 1, ICMP: 1, EagerACK: true, Swap: true,
		},
		normal: func(c *Config) { c.Capacity = 3 },
		deep:   func(c *Config) { c.Dups = 1 },
	},
	{
		Config: Config{
			Name: "attack", Doc: "an attacker off the path forges one segment, with any flags and numbers of every class",
			Users: [2]User{client, server}, Capacity: 2, Guesses: 1,
			EagerACK: true, KeepAlive: true, GivesUp: true, Throttles: true,
		},
		normal: func(c *Config) { c.Capacity = 3 },
		deep:   func(c *Config) { c.Users, c.Capacity, c.Swap = both(either), 2, true },
	},
	{
		Config: Config{
			Name: "incarnations", Doc: "each end is opened twice, with other initial numbers: old duplicates, half-open connections, SYNs in TIME_WAIT",
			Users: [2]User{client.with(func(u *User) { u.Sends = 0 }), server}, Capacity: 2, EagerACK: true,
			KeepAlive: true, GivesUp: true, Throttles: true, Incarnations: 2, ISNStep: 1 << 20, Reopens: true, ICMP: 1,
		},
		normal: func(c *Config) { c.Users[0].Sends = 1 },
		deep:   func(c *Config) { c.Dups, c.Users[0].Abort, c.Users[1].Abort = 1, true, true },
	},
	{
		Config: Config{
			Name: "reopen", Doc: "a SYN in TIME_WAIT opens the next incarnation, and a forged SYN undoes that",
			Users: [2]User{{Connect: true, Close: true}, {Listen: true, Close: true}}, Capacity: 1, Guesses: 1, EagerACK: true,
			KeepAlive: true, GivesUp: true, Throttles: true, Incarnations: 2, ISNStep: 1 << 20, Reopens: true,
		},
		normal: func(c *Config) { c.Users, c.Swap = both(User{Connect: true, Listen: true, Close: true}), true },
		deep:   func(c *Config) { c.ICMP = 1 },
	},
	{
		Config: Config{
			Name: "time-wait", Doc: "each end is opened twice with the same numbers: TIME_WAIT keeps the incarnations apart",
			Users: both(either.with(func(u *User) { u.Listen = false })), Capacity: 2, Dups: 1, EagerACK: true, Incarnations: 2, Swap: true,
		},
		normal: func(c *Config) { c.Users, c.Capacity = both(either), 3 },
		deep:   func(c *Config) { c.Drops = 1 },
	},
}

// Configs is a configuration of every shape.
func Configs(size Size) []Config {
	var all []Config
	for _, s := range shapes {
		c := s.Config
		if size >= Normal {
			s.normal(&c)
		}
		if size >= Deep {
			s.deep(&c)
		}
		all = append(all, c)
	}
	return all
}
