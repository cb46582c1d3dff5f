package matrix

import corpus "github.com/lastack/lastack/testdata/drill"

// A Deviation is a difference of Linux from the table.
type Deviation struct {
	Match
	Line         int
	Name, Reason string
}

// Linux is the known deviations of Linux, from matrix-linux.txt.
func Linux() (all []Deviation) {
	text, err := corpus.Files.ReadFile("matrix-linux.txt")
	if err != nil {
		panic("BUG: " + err.Error())
	}
	err = lines(string(text), 6, func(n int, m Match, rest []string) error {
		all = append(all, Deviation{m, n, rest[0], rest[1]})
		return nil
	})
	if err != nil {
		panic("BUG: matrix-linux.txt: " + err.Error())
	}
	return all
}

// Deviates is the first of the deviations that a case has; nil if it has none.
func Deviates(known []Deviation, c *Case) *Deviation {
	for i := range known {
		if known[i].Matches(c) {
			return &known[i]
		}
	}
	return nil
}
