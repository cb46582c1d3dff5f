// Package sample is what one measurement yields: what was done, how long it
// took, and the processor time that it cost.
package sample

import (
	"time"

	"golang.org/x/sys/unix"
)

// A Sample is one measurement.
type Sample struct {
	Value float64 // in the unit of what is measured
	CPU   float64 // processor time, in the unit that goes with it; 0: not measured
}

// A Meter measures time and processor time since it was made.
type Meter struct {
	began time.Time
	cpu   time.Duration
}

// Begin starts a measurement.
func Begin() Meter { return Meter{time.Now(), cpu()} }

// Rate is a sample of n things done so far: things per second, and processor
// time in seconds for each thing.
func (m Meter) Rate(n float64) Sample {
	elapsed, used := time.Since(m.began), cpu()-m.cpu
	if n == 0 {
		return Sample{}
	}
	return Sample{Value: n / elapsed.Seconds(), CPU: used.Seconds() / n}
}

// cpu is the processor time that the process has used, in user and in system
// mode: all stacks with both ends and what joins them. What kernel threads do
// for a process is not in it.
func cpu() time.Duration {
	var u unix.Rusage
	// It cannot fail for the process itself.
	_ = unix.Getrusage(unix.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
