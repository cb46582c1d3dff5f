package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
)

// A share is a flag for a part of a whole, from 0 to 1, which people write as
// 5% or 0.05.
type share float64

// Set reads a share.
func (s *share) Set(text string) error {
	number, percent := strings.CutSuffix(strings.TrimSpace(text), "%")
	v, err := strconv.ParseFloat(number, 64)
	if percent {
		v /= 100
	}
	if err != nil || !(v >= 0 && v <= 1) {
		return fmt.Errorf("write a share from 0%% to 100%%, as 5%% or 0.05")
	}
	*s = share(v)
	return nil
}

// String is the share in percent.
func (s share) String() string {
	return strconv.FormatFloat(float64(s)*100, 'g', 6, 64) + "%"
}

// Type is the name of the value in help.
func (s share) Type() string { return "share" }

// A seed is a flag for where randomness begins.
type seed uint64

// Set reads a seed.
func (s *seed) Set(text string) error {
	v, err := strconv.ParseUint(strings.TrimSpace(text), 10, 64)
	if err != nil {
		return fmt.Errorf("write a whole number from 0 to %d", uint64(math.MaxUint64))
	}
	*s = seed(v)
	return nil
}

// String is the seed as a number.
func (s seed) String() string { return strconv.FormatUint(uint64(s), 10) }

// Type is the name of the value in help.
func (s seed) Type() string { return "number" }

// A packetNumber is a flag for one packet; 0 is none.
type packetNumber int

// Set reads the number of a packet.
func (n *packetNumber) Set(text string) error {
	v, err := strconv.ParseUint(strings.TrimSpace(text), 10, 31)
	if err != nil || v == 0 {
		return fmt.Errorf("write the number of one packet, counted from one, as 3")
	}
	*n = packetNumber(v)
	return nil
}

// String is the number, empty for none.
func (n packetNumber) String() string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(int(n))
}

// Type is the name of the value in help.
func (n packetNumber) Type() string { return "number" }

// atMostOne checks that a command has no more than one argument, which is called
// what.
func atMostOne(what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) > 1 {
			return usagef("%d arguments (%s): name one %s, or none", len(args), strings.Join(args, " "), what)
		}
		return nil
	}
}
