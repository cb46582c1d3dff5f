package main

import (
	"errors"
	"strconv"
	"strings"
)

// A rate is a flag for bits per second, which people write as 10M, 10Mbit/s or
// 10000000; 0 is no limit.
type rate int64

// rateUnits is the letters for powers of ten.
var rateUnits = []struct {
	letter string
	factor float64
}{{"G", 1e9}, {"M", 1e6}, {"k", 1e3}}

var errRate = errors.New("write bits per second, as 10M, 10Mbit/s or 64k")

// Set reads a rate.
func (r *rate) Set(text string) error {
	number := strings.TrimSpace(text)
	for _, end := range []string{"/s", "bit", "bps"} {
		number = strings.TrimSuffix(number, end)
	}
	factor := 1.0
	for _, u := range rateUnits {
		if n := len(number) - len(u.letter); n > 0 && strings.EqualFold(number[n:], u.letter) {
			number, factor = number[:n], u.factor
		}
	}
	v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if err != nil || !(v > 0 && v*factor <= 1e15) {
		return errRate
	}
	*r = rate(v * factor)
	return nil
}

// String is the rate as people write it, empty for no limit.
func (r rate) String() string {
	if r == 0 {
		return ""
	}
	for _, u := range rateUnits {
		if float64(r) >= u.factor {
			return strconv.FormatFloat(float64(r)/u.factor, 'g', 6, 64) + " " + u.letter + "bit/s"
		}
	}
	return strconv.FormatInt(int64(r), 10) + " bit/s"
}

// Type is the name of the value in help.
func (r rate) Type() string { return "rate" }
