// Trial lets one of the four ways of checking loose on the lastack that it was
// built from, until something is found. The first line that it prints is what
// was found; it prints nothing if nothing was. A way that breaks down ends as
// programs do that panic: that is a finding too.
//
// It is run by the command in hunt, which builds it once for each mutant.
package main

import (
	"fmt"
	"os"
)

// ways is the ways of checking, each independent of the others. A way returns
// the first thing that is wrong, in words that are the same every time.
var ways = map[string]func() (evidence string, err error){
	"check":      check,
	"scripts":    scripts,
	"simulation": simulation,
	"linux":      linux,
}

func main() {
	if len(os.Args) != 2 || ways[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: trial check|scripts|simulation|linux")
		os.Exit(2)
	}
	evidence, err := ways[os.Args[1]]()
	if err != nil {
		fmt.Fprintf(os.Stderr, "trial: %v\n", err)
		os.Exit(3)
	}
	if evidence != "" {
		fmt.Println(evidence)
	}
}
