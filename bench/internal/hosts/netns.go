package hosts

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// A netns is a network namespace: a Linux host with nothing but what is put
// into it. It goes with the last socket and device in it.
type netns struct{ file *os.File }

// isolated tells a process that it has a namespace of its own.
const isolated = "LASTACK_BENCH_ISOLATED"

// Isolate runs the program anew in a network namespace, if it is not in one of
// its own yet and may: then done is true, and err is how it ended. So sockets
// in memory's way are made on any thread, as in any program.
func Isolate() (done bool, err error) {
	if os.Getenv(isolated) != "" || os.Geteuid() != 0 {
		return false, nil
	}
	cmd := exec.Command("/proc/self/exe", os.Args[1:]...)
	cmd.Env = append(os.Environ(), isolated+"=1")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
	return true, cmd.Run()
}

// ownNetns is the namespace of an isolated process, and otherwise a new one.
func ownNetns() (*netns, error) {
	if os.Getenv(isolated) != "" {
		return &netns{}, nil
	}
	return newNetns()
}

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
	if ns.file == nil {
		return f() // every thread is in it
	}
	return onOwnThread(func() error {
		if err := unix.Setns(int(ns.file.Fd()), unix.CLONE_NEWNET); err != nil {
			return fmt.Errorf("enter a network namespace: %w", err)
		}
		return f()
	})
}

func (ns *netns) close() error {
	if ns.file == nil {
		return nil
	}
	return ns.file.Close()
}

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
