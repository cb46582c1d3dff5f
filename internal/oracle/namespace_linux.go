package oracle

import (
	"errors"
	"fmt"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// Available is nil if WithKernel can work here, and otherwise says what it
// lacks.
func Available() error {
	if _, err := os.Stat("/dev/net/tun"); err != nil {
		return fmt.Errorf("there are no TUN devices (modprobe tun): %w", err)
	}
	return onThread(newNamespace)
}

// onThread runs do in a goroutine and on a thread of its own. The thread is
// never unlocked: it ends with the goroutine, and takes its namespace along.
func onThread(do func() error) error {
	done := make(chan error)
	go func() {
		runtime.LockOSThread()
		done <- do()
	}()
	return <-done
}

// newNamespace gives the calling thread a network namespace of its own.
func newNamespace() error {
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		return fmt.Errorf("make a network namespace: run it as root, or with unshare -rn: %w", err)
	}
	return nil
}

// WithKernel gives do the kernel's TCP, in a network namespace that is made for
// it and that ends with it. do runs in a goroutine of its own, on a thread that
// no other goroutine gets, and uses the kernel only from there.
func WithKernel(do func(*Kernel) error) error {
	return onThread(func() error { return inNamespace(do) })
}

func inNamespace(do func(*Kernel) error) (err error) {
	if err := newNamespace(); err != nil {
		return err
	}
	if err := setSysctls(); err != nil {
		return err
	}
	k, err := newKernel()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, k.close()) }()
	return do(k)
}

// A sysctl is a setting of the kernel's network, below /proc/sys/net.
type sysctl struct{ name, value, why string }

// sysctls makes the kernel comparable: what lastack does not do is off, and so
// is what depends on time. Those that a kernel lacks do not matter.
var sysctls = []sysctl{
	{"ipv6/conf/all/disable_ipv6", "1", "no packets but those of the words"},
	{"ipv6/conf/default/disable_ipv6", "1", "the same for the device"},
	{"ipv4/tcp_timestamps", "0", "options are compared elsewhere"},
	{"ipv4/tcp_sack", "0", "options are compared elsewhere"},
	{"ipv4/tcp_window_scaling", "0", "options are compared elsewhere"},
	{"ipv4/tcp_ecn", "0", "options are compared elsewhere"},
	{"ipv4/tcp_fastopen", "0", "options are compared elsewhere"},
	{"ipv4/tcp_syncookies", "0", "a cookie is no state"},
	{"ipv4/tcp_invalid_ratelimit", "0", "every bad segment gets its answer, as in RFC 9293"},
	{"ipv4/tcp_challenge_ack_limit", "2147483647", "the same"},
	{"ipv4/tcp_early_retrans", "0", "no tail loss probes, which are early"},
	{"ipv4/tcp_autocorking", "0", "SEND sends at once"},
	{"ipv4/tcp_no_metrics_save", "1", "a word knows nothing of those before"},
	{"ipv4/tcp_rfc1337", "1", "lastack follows RFC 1337: a reset does not end TIME_WAIT"},
	{"ipv4/tcp_max_tw_buckets", "4000000", "TIME_WAITs of old words do not crowd out new ones"},
	{"ipv4/tcp_fin_timeout", "60", "as lastack"},
}

func setSysctls() error {
	for _, s := range sysctls {
		err := os.WriteFile("/proc/sys/net/"+s.name, []byte(s.value), 0)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("set net.%s: %w", s.name, err)
		}
	}
	return nil
}
