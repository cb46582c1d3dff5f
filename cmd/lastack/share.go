package main

import (
	"fmt"
	"strconv"
	"strings"
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
