package trace

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// A Writer writes events as lines of JSON. It does not buffer, so that a trace
// is whole up to the last event even if the program is killed.
type Writer struct{ w io.Writer }

// NewWriter returns a Writer that writes to w.
func NewWriter(w io.Writer) *Writer { return &Writer{w} }

// Write writes one event with one call of the underlying Write.
func (w *Writer) Write(e *Event) error {
	line, err := e.MarshalJSON()
	if err != nil {
		return err
	}
	_, err = w.w.Write(append(line, '\n'))
	return err
}

// A Reader reads lines of JSON back into events.
type Reader struct {
	s    *bufio.Scanner
	line int
}

// NewReader returns a Reader that reads from r.
func NewReader(r io.Reader) *Reader {
	s := bufio.NewScanner(r)
	s.Buffer(nil, 1<<20)
	return &Reader{s: s}
}

// Read returns the next event, skipping empty lines, and io.EOF after the last.
func (r *Reader) Read() (Event, error) {
	for r.s.Scan() {
		r.line++
		text := bytes.TrimSpace(r.s.Bytes())
		if len(text) == 0 {
			continue
		}
		var e Event
		if err := json.Unmarshal(text, &e); err != nil {
			return Event{}, fmt.Errorf("line %d: %w", r.line, err)
		}
		return e, nil
	}
	if err := r.s.Err(); err != nil {
		return Event{}, fmt.Errorf("line %d: %w", r.line+1, err)
	}
	return Event{}, io.EOF
}

// ReadAll reads events until the end of r.
func ReadAll(r io.Reader) (events []Event, err error) {
	for in := NewReader(r); ; {
		e, err := in.Read()
		if err == io.EOF {
			return events, nil
		}
		if err != nil {
			return events, err
		}
		events = append(events, e)
	}
}
