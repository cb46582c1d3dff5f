//go:build !race

package lastack_test

const raceEnabled = false
