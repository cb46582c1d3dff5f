package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/lastack/lastack/internal/diagram"
	"github.com/lastack/lastack/internal/explain"
	"github.com/lastack/lastack/internal/play"
)

// stdout is the name that -o has for the standard output.
const stdout = "-"

// show writes what was played to where it was asked for.
func (f *playFlags) show(out io.Writer, shows []show) error {
	var results []*play.Result
	for _, s := range shows {
		results = append(results, s.results...)
	}
	several := len(results) > 1
	together := f.format == "text" || f.format == "json"
	switch {
	case several && !together && f.namesFile():
		return usagef("these are %d files in format %s, and %s is one: name a directory with -o, or one scenario or case", len(results), f.format, f.file)
	case f.toDirectory() || several && !together && f.file != "" && f.file != stdout:
		return f.directory(shows)
	case several && !together:
		return usagef("these are %d files in format %s: say where to with -o DIRECTORY, or name one scenario or case", len(results), f.format)
	case f.format == "pcap" && (f.file == "" || f.file == stdout) && isTerminal(out):
		return usagef("a capture is not for a terminal: write it to a file with -o FILE, or redirect the output")
	}
	text, err := f.render(out, shows)
	if err != nil {
		return err
	}
	return f.write(out, text)
}

// render is the shows as one text, which only text and json allow for several.
func (f *playFlags) render(out io.Writer, shows []show) (string, error) {
	switch f.format {
	case "text":
		return f.text(out, shows), nil
	case "json":
		return f.json(shows)
	}
	return f.picture(shows[0].results[0])
}

// picture is one result in one of the forms that have a file for each.
func (f *playFlags) picture(r *play.Result) (string, error) {
	l := f.language()
	o := ladderOptions(r, l)
	m := diagram.MachineOptions{Options: o.Options, Paths: ways(r, l)}
	switch f.format {
	case "svg":
		if f.diagram {
			return diagram.MachineSVG(m), nil
		}
		return diagram.LadderSVG(r.Events, o), nil
	case "mermaid":
		if f.diagram {
			return diagram.MachineMermaid(m), nil
		}
		return diagram.LadderMermaid(r.Events, o), nil
	case "html":
		o.Text = r.Scenario.Words(l).Text
		if !r.AsExpected() {
			o.Text = differs(l) + "\n\n" + o.Text
		}
		for _, line := range pathLines(r, l) {
			o.Text += "\n\n" + strings.TrimSpace(line.name+" "+line.text)
		}
		return diagram.LadderHTML(r.Events, o), nil
	case "pcap":
		var file bytes.Buffer
		err := r.WritePcap(&file)
		return file.String(), err
	}
	return "", fmt.Errorf("BUG: no picture in format %q", f.format)
}

// ladderOptions is how the sequence diagram of a result looks.
func ladderOptions(r *play.Result, l explain.Lang) diagram.LadderOptions {
	return diagram.LadderOptions{
		Options:  diagram.Options{Lang: l, Title: r.Scenario.Words(l).Title},
		BothEnds: true, Timestamps: r.Scenario.Timestamps,
	}
}

// ways is the paths of both ends, to be marked in the state diagram.
func ways(r *play.Result, l explain.Lang) []diagram.Path {
	return []diagram.Path{
		{Name: endName(play.Client, l), States: r.Client, Rows: r.ClientRows},
		{Name: endName(play.Server, l), States: r.Server, Rows: r.ServerRows, Dashed: true},
	}
}

// endName is the name of an end in a language.
func endName(end string, l explain.Lang) string {
	switch {
	case l != explain.ZH:
		return end
	case end == play.Client:
		return "客户端"
	default:
		return "服务端"
	}
}

// toDirectory reports whether -o names a directory.
func (f *playFlags) toDirectory() bool {
	if f.file == "" {
		return false
	}
	info, err := os.Stat(f.file)
	return os.IsPathSeparator(f.file[len(f.file)-1]) || err == nil && info.IsDir()
}

// namesFile reports whether what -o names looks like a file of the format, and
// is no directory.
func (f *playFlags) namesFile() bool {
	return strings.EqualFold(filepath.Ext(f.file), extensions[f.format]) && !f.toDirectory()
}

// extensions is the ends of the names of files by their format.
var extensions = map[string]string{
	"text": ".txt", "svg": ".svg", "html": ".html", "mermaid": ".mmd", "json": ".json", "pcap": ".pcapng",
}

// directory writes a file for each result to the directory of -o.
func (f *playFlags) directory(shows []show) error {
	if err := os.MkdirAll(f.file, 0o755); err != nil {
		return fmt.Errorf("several files need a directory: %w", err)
	}
	var errs []error
	for _, s := range shows {
		for _, r := range s.results {
			one := *f
			one.file = filepath.Join(f.file, strings.ReplaceAll(r.Scenario.Name, "/", "-")+extensions[f.format])
			text, err := one.render(nil, []show{{r.Scenario, []*play.Result{r}}})
			if err == nil {
				err = one.write(nil, text)
			}
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// isTerminal reports whether out is a terminal.
func isTerminal(out io.Writer) bool {
	f, ok := out.(*os.File)
	if !ok {
		return false
	}
	_, terminal := terminalWidth(f)
	return terminal
}
