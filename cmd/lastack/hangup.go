//go:build !js

package main

import (
	"os"
	"syscall"
)

// hangUp is the signal of a terminal that goes away.
var hangUp os.Signal = syscall.SIGHUP
