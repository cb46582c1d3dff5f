package work

import (
	"fmt"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
)

// memory is the bytes that the process has resident, after everything that is
// not in use has gone back to the system. With kernel it is also the slab, in
// which the kernel keeps its connections: that of the whole machine.
func memory(kernel bool) (int64, error) {
	debug.FreeOSMemory()
	total, err := kilobytes("/proc/self/status", "VmRSS")
	if err != nil || !kernel {
		return total, err
	}
	slab, err := kilobytes("/proc/meminfo", "Slab")
	return total + slab, err
}

// kilobytes reads a line such as "VmRSS:  12 kB" of a file, and returns bytes.
func kilobytes(file, name string) (int64, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) == 3 && fields[0] == name+":" {
			n, err := strconv.ParseInt(fields[1], 10, 64)
			return n << 10, err
		}
	}
	return 0, fmt.Errorf("%s says nothing about %s", file, name)
}
