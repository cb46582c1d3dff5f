package main

import "strings"

// closest is the name that is most like the one given, empty if none is near:
// whatever the case of its letters, no more than a third of its letters differ, or it begins alike.
func closest(name string, names []string) (best string) {
	name = strings.ToLower(name)
	least := max(len(name)/3, 1) + 1
	for _, n := range names {
		d := distance(name, n)
		if len(name) >= 3 && len(n) > len(name) && n[:len(name)] == name {
			d = 1
		}
		if d < least {
			best, least = n, d
		}
	}
	return best
}

// distance is how many letters have to be put in, taken out or changed to make
// b of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
