package report

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"

	"golang.org/x/sys/unix"
)

// Machine says what the numbers were measured on: processors, kernel, Go, and
// the version of gVisor.
func Machine() string {
	var u unix.Utsname
	_ = unix.Uname(&u) // it cannot fail
	return fmt.Sprintf("%d x %s, Linux %s, %s, gVisor %s",
		runtime.NumCPU(), processor(), unix.ByteSliceToString(u.Release[:]), runtime.Version(), gvisorVersion())
}

// processor is the model of the first processor.
func processor() string {
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), ":")
		if strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}

// gvisorVersion is the version of gVisor's module in this program.
func gvisorVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, dep := range info.Deps {
			if dep.Path == "gvisor.dev/gvisor" {
				return dep.Version
			}
		}
	}
	return "of an unknown version"
}
