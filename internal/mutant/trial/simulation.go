package main

import "github.com/lastack/lastack/internal/referee"

// simulation is two stacks on a simulated network, with a referee.
func simulation() (string, error) {
	for _, m := range referee.Matches() {
		if foul := m.Play(); foul != nil {
			return foul.String(), nil
		}
	}
	return "", nil
}
