package main

import (
	"encoding/json"
	"io"

	"github.com/lastack/lastack/internal/explore"
	"github.com/lastack/lastack/internal/explore/report"
)

// A checkJSON is a check in format json.
type checkJSON struct {
	OK             bool         `json:"ok"`
	States         int          `json:"states"`
	Transitions    int          `json:"transitions"`
	Seconds        float64      `json:"seconds"`
	Rows           rowsJSON     `json:"rows"`
	Configurations []searchJSON `json:"configurations"`
}

// A rowsJSON is the rows of the state machine's table, by their numbers.
type rowsJSON struct {
	Taken      []int `json:"taken"`
	Superseded []int `json:"superseded"`
	Missing    []int `json:"missing"`
}

// A searchJSON is the search of one configuration.
type searchJSON struct {
	Name        string         `json:"name"`
	Doc         string         `json:"doc"`
	States      int            `json:"states"`
	Transitions int            `json:"transitions"`
	Depth       int            `json:"depth"`
	Ends        int            `json:"ends"`
	Seconds     float64        `json:"seconds"`
	Finished    bool           `json:"finished"`
	Violation   *violationJSON `json:"violation,omitempty"`
}

// A violationJSON is a property that does not hold, with a way there.
type violationJSON struct {
	Property string   `json:"property"`
	Means    string   `json:"means"`
	Script   []string `json:"script"`
	Cycle    int      `json:"cycle,omitempty"` // the last so many moves come again for ever
	Test     string   `json:"test"`
}

// writeJSON writes the whole check.
func (c *checked) writeJSON(out io.Writer) error {
	states, moves := c.sums()
	rows := explore.Coverage(c.reports)
	j := checkJSON{
		OK: true, States: states, Transitions: moves, Seconds: c.took.Seconds(),
		Rows: rowsJSON{append([]int{}, rows.Fired...), append([]int{}, rows.Superseded...), append([]int{}, rows.Missing...)},
	}
	for _, r := range c.reports {
		j.OK = j.OK && r.OK()
		s := searchJSON{
			Name: r.Config.Name, Doc: r.Config.Doc, States: r.States, Transitions: r.Moves, Depth: r.Depth, Ends: r.Ends,
			Seconds: r.Elapsed.Seconds(), Finished: !r.Cut,
		}
		if v := r.Violation; v != nil {
			s.Violation = &violationJSON{v.Property.Name, v.Property.Means, v.Script, v.Cycle, report.GoTest(r.Config, v)}
		}
		j.Configurations = append(j.Configurations, s)
	}
	enc := json.NewEncoder(out)
	enc.SetIndent("", "  ")
	return enc.Encode(j)
}
