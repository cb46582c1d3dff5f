// Hunt builds lastack with each mutant of package mutant, lets the four ways of
// checking loose on it, and writes down who noticed. It fails if a mutant is
// noticed by fewer ways than are enough.
//
//	hunt                    all mutants
//	hunt -only no-time-wait,paws-off
//	hunt -new               those that the table does not have yet
//	hunt -ways simulation   only this way; the table keeps what the others found
//
// First the ways are run on lastack as it is: they must find nothing, and the
// time that they take says when a mutant hangs.
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
)

func main() {
	var h hunt
	only := flag.String("only", "", "the mutants' names, with commas between")
	ways := flag.String("ways", "", "the ways, with commas between (default all)")
	fresh := flag.Bool("new", false, "only mutants that the table does not have yet")
	flag.StringVar(&h.root, "root", ".", "the project's root")
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "hunt: what is %q?\n", flag.Arg(0))
		os.Exit(2)
	}
	if err := h.run(list(*only), list(*ways), *fresh); err != nil {
		fmt.Fprintf(os.Stderr, "hunt: %v\n", err)
		os.Exit(1)
	}
}

// list is the words between commas; nil for none.
func list(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}
