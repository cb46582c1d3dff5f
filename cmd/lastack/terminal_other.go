//go:build !unix

package main

import "os"

// terminalWidth reports whether f is a terminal. Its width is not known here.
func terminalWidth(f *os.File) (columns int, ok bool) {
	info, err := f.Stat()
	return 0, err == nil && info.Mode()&os.ModeCharDevice != 0
}
