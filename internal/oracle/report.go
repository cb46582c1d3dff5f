package oracle

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/lastack/lastack/fsm"
)

// Text is the report for people: the deviations that were met, with how often,
// and then what nothing explains, each as a script.
func (r *Report) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d words, %d steps; %d cells of (state, row, symbol), %d rows of the table\n\n", r.Words, r.Steps, r.Cells, len(r.Rows))
	fmt.Fprintf(&b, "%7s  %-26s %s\n", "times", "known deviation", "where")
	for _, d := range Deviations {
		if n := r.Explained[d.Name]; n > 0 {
			fmt.Fprintf(&b, "%7d  %-26s %s\n", n, d.Name, d.Where)
		}
	}
	b.WriteString("\n")
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "UNEXPLAINED: %v\n\n%s\n", f, f.Script)
	}
	if r.Cut {
		b.WriteString("The plan was cut short.\n")
	}
	fmt.Fprintf(&b, "%d explained, %d noise, %d unexplained\n", r.explained(), r.Noise, len(r.Findings))
	return b.String()
}

// explained is how many differences were.
func (r *Report) explained() (n int) {
	for _, times := range r.Explained {
		n += times
	}
	return n
}

// JSON is the report for programs.
func (r *Report) JSON() string {
	type finding struct {
		Word   string    `json:"word"`
		State  fsm.State `json:"state"`
		Ours   string    `json:"lastack"`
		Theirs string    `json:"linux"`
		Script string    `json:"script"`
	}
	findings := []finding{}
	for _, f := range r.Findings {
		m := f.Moment
		findings = append(findings, finding{m.Word.String(), m.Before(), m.Ours.String(), m.Theirs.String(), f.Script})
	}
	return toJSON(map[string]any{
		"words": r.Words, "steps": r.Steps, "cells": r.Cells, "rows": r.Rows, "explained": r.Explained,
		"noise": r.Noise, "unexplained": findings, "cut_short": r.Cut,
	})
}

// DeviationsText is the table of deviations for people.
func DeviationsText() string {
	var b strings.Builder
	for _, d := range Deviations {
		fmt.Fprintf(&b, "%s: %s\n%s    example: %s\n\n", d.Name, d.Where, d.Text(), d.Example)
	}
	return b.String()
}

// Text is what the RFC says, what Linux does, and why, a line each.
func (d *Deviation) Text() string {
	return fmt.Sprintf("    RFC:     %s\n    Linux:   %s\n    why:     %s\n", d.RFC, d.Linux, d.Why)
}

// DeviationsJSON is the table of deviations for programs.
func DeviationsJSON() string {
	var all []map[string]string
	for _, d := range Deviations {
		all = append(all, map[string]string{
			"name": d.Name, "where": d.Where, "rfc": d.RFC, "linux": d.Linux, "why": d.Why, "example": d.Example.String(),
		})
	}
	return toJSON(all)
}

func toJSON(v any) string {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		panic("BUG: " + err.Error())
	}
	return string(b) + "\n"
}
