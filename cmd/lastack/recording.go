package main

import (
	"bufio"
	"errors"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/lastack/lastack/link"
	"github.com/lastack/lastack/link/tap"
	"github.com/lastack/lastack/trace"
)

// A recording is the flags of a command that writes down what its stack does:
// the packets as pcapng, the events as lines of JSON.
type recording struct {
	pcap, trace string // names of files; empty: none

	pcapFile, traceFile *os.File
	lines               *bufio.Writer
	events              *trace.Writer
	err                 error // the first of writing events
}

// addFlags gives a command --pcap and --trace.
func (r *recording) addFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&r.pcap, "pcap", "", "record the packets in this file, as pcapng for Wireshark")
	f.StringVar(&r.trace, "trace", "", "record the events in this file, as lines of JSON")
}

// check says what is wrong with the flags. The standard output has other use.
func (r *recording) check() error {
	for _, f := range []struct{ flag, file string }{{"--pcap", r.pcap}, {"--trace", r.trace}} {
		if f.file == "-" {
			return usagef("%s - is not possible, as the standard output is in use; name a file (./- for one of that name)", f.flag)
		}
	}
	if r.pcap != "" && sameFile(r.pcap, r.trace) {
		return usagef("--pcap and --trace are the same file %s; give each its own", r.pcap)
	}
	return nil
}

// sameFile reports whether two names stand for one file.
func sameFile(a, b string) bool {
	if filepath.Clean(a) == filepath.Clean(b) {
		return true
	}
	infoA, errA := os.Stat(a)
	infoB, errB := os.Stat(b)
	return errA == nil && errB == nil && infoA.Mode().IsRegular() && os.SameFile(infoA, infoB)
}

// open makes the files.
func (r *recording) open() (err error) {
	if r.pcap != "" {
		if r.pcapFile, err = os.Create(r.pcap); err != nil {
			return err
		}
	}
	if r.trace != "" {
		if r.traceFile, err = os.Create(r.trace); err != nil {
			return errors.Join(err, r.close())
		}
		r.lines = bufio.NewWriter(r.traceFile)
		r.events = trace.NewWriter(r.lines)
	}
	return nil
}

// tap records what l carries.
func (r *recording) tap(l link.Link) (link.Link, error) {
	if r.pcapFile == nil {
		return l, nil
	}
	return tap.New(l, r.pcapFile)
}

// note records an event. The file is whole up to the latest change of state.
func (r *recording) note(e *trace.Event) {
	if r.events == nil || r.err != nil {
		return
	}
	r.err = r.events.Write(e)
	if r.err == nil && e.Kind == trace.State {
		r.err = r.lines.Flush()
	}
}

// close ends the files. The stack is closed by then.
func (r *recording) close() error {
	errs := []error{r.err}
	if r.lines != nil {
		errs = append(errs, r.lines.Flush())
	}
	for _, f := range []*os.File{r.pcapFile, r.traceFile} {
		if f != nil {
			errs = append(errs, f.Close())
		}
	}
	return errors.Join(errs...)
}
