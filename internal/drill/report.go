package drill

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lastack/lastack/internal/diagram"
)

// String is the end of a report, whose last line is "N passed, N failed".
func (t Tally) String() string {
	out := fmt.Sprintf("%d passed, %d failed", t.Passed, t.Failed)
	if t.Skipped > 0 {
		out += fmt.Sprintf(", %d skipped", t.Skipped)
	}
	if t.Deviating > 0 {
		out += fmt.Sprintf(", %d deviate as known: %d named deviations", t.Deviating, t.Named)
	}
	if t.Alone > 0 {
		out = fmt.Sprintf("%d of those that passed did so only when nothing ran beside them, or with up to %d times the tolerance\n%s",
			t.Alone, slices.Max(aloneWidenings), out)
	}
	return out
}

// Text is what is told about one script that has not passed, or not at once;
// empty if it has.
func (r *Result) Text(o diagram.Options) string {
	switch r.Status {
	case Failed:
		return fmt.Sprintf("FAIL %s\n%s\n%s", r.Name, indent(r.Failure.String()), indent(r.Diagram(o)))
	case Broken:
		return fmt.Sprintf("BROKEN %s\n%s", r.Name, indent(r.Err.Error()))
	case Unsupported:
		return fmt.Sprintf("SKIP %s: needs %s\n", r.Name, strings.Join(r.Needs, ", "))
	case Deviates:
		return fmt.Sprintf("DEVIATES %s: %s\n", r.Name, r.Deviation)
	case Passed:
		if r.Alone > 0 {
			return fmt.Sprintf("LATE %s: it passed alone, with %d times the tolerance\n", r.Name, r.Alone)
		}
	}
	return ""
}

func indent(text string) string {
	if text == "" {
		return ""
	}
	return "  " + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n  ") + "\n"
}

// jsonResult is a Result in JSON.
type jsonResult struct {
	Script    string   `json:"script"`
	Status    string   `json:"status"`
	Line      int      `json:"line,omitempty"`
	Event     string   `json:"event,omitempty"`
	What      string   `json:"what,omitempty"`
	Expected  string   `json:"expected,omitempty"`
	Got       string   `json:"got,omitempty"`
	Error     string   `json:"error,omitempty"`
	Needs     []string `json:"needs,omitempty"`
	Deviation string   `json:"deviation,omitempty"`
	Alone     int      `json:"alone,omitempty"` // run again alone, with so many times the tolerance
	ElapsedNS int64    `json:"elapsed_ns"`
}

// JSON is a report as one object: the counts, and all results.
func JSON(results []Result) string {
	t := Count(results)
	report := struct {
		Passed    int          `json:"passed"`
		Failed    int          `json:"failed"`
		Skipped   int          `json:"skipped"`
		Deviating int          `json:"deviating"`
		Named     int          `json:"named_deviations"`
		Alone     int          `json:"alone"`
		Results   []jsonResult `json:"results"`
	}{t.Passed, t.Failed, t.Skipped, t.Deviating, t.Named, t.Alone, make([]jsonResult, len(results))}
	for i := range results {
		report.Results[i] = results[i].json()
	}
	b, err := json.MarshalIndent(report, "", "  ")
	if err != nil {
		panic("BUG: " + err.Error())
	}
	return string(b) + "\n"
}

func (r *Result) json() jsonResult {
	j := jsonResult{Script: r.Name, Status: r.Status.String(), Needs: r.Needs, Deviation: r.Deviation, Alone: r.Alone, ElapsedNS: int64(r.Elapsed)}
	if f := r.Failure; f != nil {
		j.Line, j.Event, j.What, j.Expected, j.Got = f.Line, f.Event, f.What, f.Want, f.Got
	}
	if r.Err != nil {
		j.Error = r.Err.Error()
	}
	return j
}

// junitCase is a script in JUnit's form.
type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	Seconds string        `xml:"time,attr"`
	Failure *junitMessage `xml:"failure,omitempty"`
	Error   *junitMessage `xml:"error,omitempty"`
	Skipped *junitMessage `xml:"skipped,omitempty"`
}

type junitMessage struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// JUnit is a report in the XML form that continuous integration systems read.
func JUnit(results []Result) string {
	t := Count(results)
	var total time.Duration
	suite := struct {
		XMLName  xml.Name    `xml:"testsuite"`
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Seconds  string      `xml:"time,attr"`
		Cases    []junitCase `xml:"testcase"`
	}{Name: "lastack drill", Tests: len(results), Failures: t.Failed, Skipped: t.Skipped + t.Deviating}
	for i := range results {
		total += results[i].Elapsed
		suite.Cases = append(suite.Cases, results[i].junit())
	}
	suite.Seconds = seconds(total)
	b, err := xml.MarshalIndent(suite, "", "  ")
	if err != nil {
		panic("BUG: " + err.Error())
	}
	return xml.Header + string(b) + "\n"
}

func (r *Result) junit() junitCase {
	dir, name := "drill", r.Name
	if i := strings.LastIndexByte(r.Name, '/'); i >= 0 {
		dir, name = r.Name[:i], r.Name[i+1:]
	}
	c := junitCase{Name: name, Class: dir, Seconds: seconds(r.Elapsed)}
	switch r.Status {
	case Failed:
		c.Failure = &junitMessage{r.Failure.What, r.Failure.String() + "\n" + r.Diagram(diagram.Options{})}
	case Broken:
		c.Error = &junitMessage{r.Err.Error(), ""}
	case Unsupported:
		c.Skipped = &junitMessage{"needs " + strings.Join(r.Needs, ", "), ""}
	case Deviates:
		c.Skipped = &junitMessage{"deviation: " + r.Deviation, r.Failure.String()}
	case Passed:
	}
	return c
}
