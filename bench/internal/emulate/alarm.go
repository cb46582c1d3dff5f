package emulate

import (
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// An alarm is a timer that one goroutine waits for. The kernel keeps it: Go's
// own timers may be late by a millisecond, which is much of a short path.
type alarm struct {
	fd   int
	file *os.File
}

func newAlarm() (*alarm, error) {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("make a timer: %w", err)
	}
	return &alarm{fd: fd, file: os.NewFile(uintptr(fd), "timerfd")}, nil
}

// set makes the alarm go off after d, or at once. It replaces what was set.
func (a *alarm) set(d time.Duration) {
	when := unix.ItimerSpec{Value: unix.NsecToTimespec(int64(max(d, 1)))}
	// It cannot fail while the alarm is open.
	_ = unix.TimerfdSettime(a.fd, 0, &when, nil)
}

// wait waits until the alarm goes off, or has done so since the last wait.
func (a *alarm) wait() {
	var count [8]byte
	_, _ = a.file.Read(count[:])
}

func (a *alarm) close() { _ = a.file.Close() }
