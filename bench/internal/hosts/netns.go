package hosts

import (
	"fmt"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// A netns is a network namespace: a Linux host with nothing but what is put
// into it. It goes with the last socket and device in it.
type netns struct{ file *os.File }

// newNetns makes a namespace.
func newNetns() (*netns, error) {
	ns := &netns{}
	err := onOwnThread(func() (err error) {
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			return fmt.Errorf("make a network namespace (run as root, or with unshare -rn): %w", err)
		}
		ns.file, err = os.Open("/proc/thread-self/ns/net")
		return err
	})
	if err != nil {
		return nil, err
	}
	return ns, nil
}

// do calls f on a thread in the namespace: sockets and devices that f makes,
// and settings that it writes, belong there.
func (ns *netns) do(f func() error) error {
	return onOwnThread(func() error {
		if err := unix.Setns(int(ns.file.Fd()), unix.CLONE_NEWNET); err != nil {
			return fmt.Errorf("enter a network namespace: %w", err)
		}
		return f()
	})
}

func (ns *netns) close() error { return ns.file.Close() }

// onOwnThread calls f on a thread that ends with it, so that the namespace it
// enters is nobody else's.
func onOwnThread(f func() error) error {
	done := make(chan error)
	go func() {
		runtime.LockOSThread()
		done <- f()
	}()
	return <-done
}

// sysctl sets a setting of the namespace, from inside do.
func sysctl(name, value string) error {
	if err := os.WriteFile("/proc/sys/net/ipv4/"+name, []byte(value), 0); err != nil {
		return fmt.Errorf("set net.ipv4.%s: %w", name, err)
	}
	return nil
}
