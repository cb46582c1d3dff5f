package main

import (
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/lastack/lastack/internal/diagram"
	"github.com/lastack/lastack/internal/explain"
	"github.com/lastack/lastack/internal/play"
)

// playNetwork is the flags of the network that scenarios are played on.
type playNetwork struct {
	rtt, jitter        time.Duration
	rate               rate
	queue              int
	loss, reorder, dup share
	seed               seed
	drop               packetNumber
}

// addFlags adds them to a command.
func (n *playNetwork) addFlags(flags *pflag.FlagSet) {
	flags.DurationVar(&n.rtt, "rtt", play.DefaultRTT, "round-trip time of the network")
	flags.DurationVar(&n.jitter, "jitter", 0, "up to this much more for each packet")
	flags.Var(&n.rate, "rate", "bits per second each way, as 10M; without it there is no limit")
	flags.IntVar(&n.queue, "queue", 0, "packets that may wait for the link, with --rate; 0: any number")
	flags.Var(&n.loss, "loss", "share of the packets that are lost, as 5% or 0.05")
	flags.Var(&n.reorder, "reorder", "share of the packets that are held back, so that others overtake them")
	flags.Var(&n.dup, "dup", "share of the packets that arrive twice")
	flags.Var(&n.seed, "seed", "of all randomness: a whole number")
	flags.Var(&n.drop, "drop", "lose the packet with this number, counted from one")
}

// check tells what the library would take for a default.
func (n *playNetwork) check() error {
	if n.rtt <= 0 {
		return usagef("--rtt %v: give more than 0 and up to %v", n.rtt, play.MaxRTT)
	}
	return nil
}

// options is the flags for package play.
func (n *playNetwork) options() play.Options {
	return play.Options{
		RTT: n.rtt, Jitter: n.jitter, Rate: int64(n.rate), Queue: n.queue,
		Loss: float64(n.loss), Reorder: float64(n.reorder), Dup: float64(n.dup),
		Seed: uint64(n.seed), Drop: int(n.drop),
	}
}

// networkText is what is special about a network, after its round trip: ", loss
// 5%, seed 0".
func networkText(o play.Options, l explain.Lang) string {
	var parts []string
	add := func(is bool, en, zh, value string) {
		if l == explain.ZH {
			en = zh
		}
		if is {
			parts = append(parts, strings.ReplaceAll(en, "$", value))
		}
	}
	add(o.Jitter > 0, "up to $ more", "抖动至多 $", diagram.Clock(o.Jitter))
	add(o.Rate > 0, "$", "$", rate(o.Rate).String())
	add(o.Queue > 0, "a queue of $", "队列 $ 个分组", strconv.Itoa(o.Queue))
	add(o.Loss > 0, "loss $", "丢包率 $", share(o.Loss).String())
	add(o.Reorder > 0, "$ held back", "$ 被延后", share(o.Reorder).String())
	add(o.Dup > 0, "$ twice", "$ 重复", share(o.Dup).String())
	add(o.Loss+o.Reorder+o.Dup > 0 || o.Jitter > 0, "seed $", "随机种子 $", seed(o.Seed).String())
	between := ", "
	if l == explain.ZH {
		between = "，"
	}
	text := ""
	for _, p := range parts {
		text += between + p
	}
	return text
}
