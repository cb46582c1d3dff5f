package drill

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"strings"
	"time"

	"github.com/lastack/lastack/internal/diagram"
)

// String is the last line of a report: "N passed, N failed".
func (t Tally) String() string {
	out := fmt.Sprintf("%d passed, %d failed", t.Passed, t.Failed)
	if t.Skipped > 0 {
		out += fmt.Sprintf(", %d skipped", t.Skipped)
	}
	if t.Deviating > 0 {
		out += fmt.Sprintf(", %d deviate as known", t.Deviating)
	}
	return out
}

// Text is what is told about one script that has not passed; empty if it has.
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
		Results   []jsonResult `json:"results"`
	}{t.Passed, t.Failed, t.Skipped, t.Deviating, make([]jsonResult, len(results))}
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
	j := jsonResult{Script: r.Name, Status: r.Status.String(), Needs: r.Needs, Deviation: r.Deviation, ElapsedNS: int64(r.Elapsed)}
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
