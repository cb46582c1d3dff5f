// Gremlins runs the mutation tester of that name, which turns conditions round
// and shifts boundaries, on the packages that everything stands on, and holds
// what survives the package's own tests against a baseline: each survivor is
// listed with the reason why it may live. A new one, one that is no longer
// there, one without a reason, and a mutant that timed out, unless it is listed as
// one that never ends, make it fail.
//
//	gremlins                 all packages
//	gremlins internal/wire   this one
//	gremlins -update         rewrite the baselines; then write down the reasons
//
// It does not look at percentages: they go up with every trivial mutant that is
// killed.
package main

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
)

// packages is what is tested, by the path from the project's root.
var packages = []string{"fsm", "internal/wire"}

func main() {
	update := flag.Bool("update", false, "rewrite the baselines")
	report := flag.String("report", "", "read this report of gremlins instead of running it (for one package)")
	flag.Parse()
	chosen := flag.Args()
	if len(chosen) == 0 {
		chosen = packages
	}
	failed := false
	for _, pkg := range chosen {
		if !slices.Contains(packages, pkg) {
			fmt.Fprintf(os.Stderr, "gremlins: %q is none of %s\n", pkg, strings.Join(packages, ", "))
			os.Exit(2)
		}
		complaints, err := examine(pkg, *report, *update)
		if err != nil {
			fmt.Fprintf(os.Stderr, "gremlins: %s: %v\n", pkg, err)
			os.Exit(1)
		}
		for _, c := range complaints {
			failed = true
			fmt.Printf("%s: %s\n", pkg, c)
		}
	}
	if failed {
		os.Exit(1)
	}
}
