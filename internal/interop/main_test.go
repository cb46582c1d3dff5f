//go:build linux

package interop

import (
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// patience is how long a test waits for what must happen. Nothing takes that
// long unless it is wrong.
const patience = 20 * time.Second

func TestMain(m *testing.M) {
	code := m.Run()
	if command.dir != "" {
		_ = os.RemoveAll(command.dir)
	}
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// needRoot skips the test where it cannot run.
func needRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs a network namespace of its own: run as root, or with unshare -rn")
	}
	if _, err := os.Stat("/dev/net/tun"); err != nil {
		t.Skipf("needs TUN devices (modprobe tun): %v", err)
	}
}

// needTool skips the test if a program is missing. In CI all are installed, so
// there the test fails.
func needTool(t *testing.T, name, pkg string) {
	t.Helper()
	_, err := exec.LookPath(name)
	switch {
	case err == nil:
	case os.Getenv("CI") != "":
		t.Fatalf("%s is missing: install %s", name, pkg)
	default:
		t.Skipf("needs %s: install %s", name, pkg)
	}
}

// must fails the test if there is an error.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// await asks again and again until the answer is the wanted one. It is for
// what the kernel does not announce; asking takes long enough by itself.
func await(t *testing.T, what string, want string, ask func() string) {
	t.Helper()
	var got string
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if got = ask(); got == want {
			return
		}
	}
	t.Fatalf("%s is %q, want %q", what, got, want)
}
