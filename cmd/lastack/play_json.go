package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/explain"
	"github.com/lastack/lastack/internal/play"
	"github.com/lastack/lastack/trace"
)

// A playedJSON is a scenario in format json.
type playedJSON struct {
	Scenario string `json:"scenario"`
	Title    string `json:"title"`
	networkJSON
	Duration    time.Duration    `json:"duration_ns"`
	Packets     int              `json:"packets"`
	AsExpected  bool             `json:"as_expected"`
	Paths       pathsJSON        `json:"paths"`
	Connections []connectionJSON `json:"connections"`
	Events      []trace.Event    `json:"events"`
	Cases       []playedJSON     `json:"cases,omitempty"`
}

// A networkJSON is the network that a scenario was played on.
type networkJSON struct {
	RTT     time.Duration `json:"rtt_ns"`
	Loss    float64       `json:"loss"`
	Seed    uint64        `json:"seed"`
	Drop    int           `json:"drop"`
	Jitter  time.Duration `json:"jitter_ns,omitempty"`
	Rate    int64         `json:"rate,omitempty"` // bits per second
	Queue   int           `json:"queue,omitempty"`
	Reorder float64       `json:"reorder,omitempty"`
	Dup     float64       `json:"dup,omitempty"`
}

// playedOn is the options as an object.
func playedOn(o play.Options) networkJSON {
	return networkJSON{o.RTT, o.Loss, o.Seed, o.Drop, o.Jitter, o.Rate, o.Queue, o.Reorder, o.Dup}
}

// A pathsJSON is the states of both ends.
type pathsJSON struct {
	Client []fsm.State `json:"client"`
	Server []fsm.State `json:"server"`
}

// A connectionJSON is one connection as one end knew it.
type connectionJSON struct {
	End  string        `json:"end"`
	Conn trace.Conn    `json:"conn"`
	T    time.Duration `json:"t"` // of its first change of state
	Path []fsm.State   `json:"path"`
}

// json is the shows in format json: one is an object, several are an array.
func (f *playFlags) json(shows []show) (string, error) {
	var docs []string
	for _, s := range shows {
		var buf bytes.Buffer
		enc := json.NewEncoder(&buf)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(f.document(s)); err != nil {
			return "", err
		}
		docs = append(docs, strings.TrimSpace(buf.String()))
	}
	if len(docs) == 1 {
		return docs[0] + "\n", nil
	}
	return "[\n" + strings.Join(docs, ",\n") + "\n]\n", nil
}

// document is a show as an object.
func (f *playFlags) document(s show) playedJSON {
	l := f.language()
	if s.Cases == nil {
		return resultJSON(s.results[0], l)
	}
	doc := playedJSON{
		Scenario: s.Name, Title: s.Words(l).Title,
		networkJSON: playedOn(f.network.options()), AsExpected: true,
		Paths:       pathsJSON{[]fsm.State{}, []fsm.State{}},
		Connections: []connectionJSON{}, Events: []trace.Event{},
	}
	for _, r := range s.results {
		part := resultJSON(r, l)
		doc.Duration += part.Duration
		doc.Packets += part.Packets
		doc.AsExpected = doc.AsExpected && part.AsExpected
		doc.Cases = append(doc.Cases, part)
	}
	return doc
}

// resultJSON is a result as an object.
func resultJSON(r *play.Result, l explain.Lang) playedJSON {
	doc := playedJSON{
		Scenario: r.Scenario.Name, Title: r.Scenario.Words(l).Title,
		networkJSON: playedOn(r.Options),
		Duration:    r.Duration, Packets: r.Packets, AsExpected: r.AsExpected(),
		Paths:       pathsJSON{r.Client, r.Server},
		Connections: []connectionJSON{}, Events: r.Events,
	}
	for _, c := range r.Connections {
		doc.Connections = append(doc.Connections, connectionJSON{c.End, c.Conn, c.Start, c.Path})
	}
	return doc
}
