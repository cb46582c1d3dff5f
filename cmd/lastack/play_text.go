package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/diagram"
	"github.com/lastack/lastack/internal/explain"
	"github.com/lastack/lastack/internal/play"
	"github.com/lastack/lastack/trace"
)

// width is how wide text may be, in columns: as the terminal, but not narrower
// than a sequence diagram needs, nor wider than is good to read.
func (f *playFlags) width(out io.Writer) int {
	columns, err := strconv.Atoi(os.Getenv("COLUMNS"))
	if file, ok := out.(*os.File); ok && err != nil && f.file == "" {
		columns, _ = terminalWidth(file)
	}
	if columns <= 0 {
		return diagram.DefaultWidth
	}
	return min(max(columns, 80), diagram.DefaultWidth)
}

// A sheet is text on its way to a terminal.
type sheet struct {
	strings.Builder
	f     *playFlags
	lang  explain.Lang
	width int
	color bool
}

// say chooses between two languages.
func (s *sheet) say(en, zh string) string {
	if s.lang == explain.ZH {
		return zh
	}
	return en
}

// bold is text in bold letters, if there are any.
func (s *sheet) bold(text string) string {
	if !s.color {
		return text
	}
	return "\x1b[1m" + text + "\x1b[0m"
}

// heading writes a title with the name of its scenario at the right.
func (s *sheet) heading(title, name string, line rune) {
	gap := max(s.width-diagram.Width(title)-diagram.Width(name), 2)
	s.WriteString(s.bold(title) + strings.Repeat(" ", gap) + name + "\n")
	s.WriteString(strings.Repeat(string(line), s.width) + "\n\n")
}

// paragraphs writes text with empty lines between paragraphs.
func (s *sheet) paragraphs(text string) {
	for part := range strings.SplitSeq(text, "\n\n") {
		for _, l := range diagram.Wrap(part, s.width) {
			s.WriteString(l + "\n")
		}
		s.WriteString("\n")
	}
}

// text is the shows for a terminal, one below the other.
func (f *playFlags) text(out io.Writer, shows []show) string {
	s := &sheet{f: f, lang: f.language(), width: f.width(out), color: out != nil && f.color(out)}
	for i, sh := range shows {
		if i > 0 {
			s.WriteString("\n\n")
		}
		s.show(sh)
	}
	last := shows[len(shows)-1]
	s.closing(last)
	return s.String()
}

// show writes one scenario, or its cases.
func (s *sheet) show(sh show) {
	w := sh.Words(s.lang)
	s.heading(w.Title, sh.Name, '═')
	if sh.Cases == nil {
		s.story(sh.results[0], w)
		return
	}
	s.paragraphs(w.Text)
	for i, r := range sh.results {
		if i > 0 {
			s.WriteString("\n")
		}
		w := r.Scenario.Words(s.lang)
		s.heading(fmt.Sprintf("%d. %s", i+1, w.Title), r.Scenario.Name, '─')
		s.story(r, w)
	}
}

// story writes the explanation of a scenario and then what happened. Where these
// differ it says so first.
func (s *sheet) story(r *play.Result, w play.Words) {
	if !r.AsExpected() {
		s.paragraphs(differs(s.lang))
	}
	s.paragraphs(w.Text)
	s.result(r)
}

// differs is the note that the explanation is not of what happened.
func differs(l explain.Lang) string {
	if l == explain.ZH {
		return "注意：在这样的网络上，连接走的路和下面的说明不同；说明讲的是不受干扰的情形。"
	}
	return "Note: on this network the connection took another way than the explanation tells, which is of the undisturbed one."
}

// result writes the sequence diagram, the paths, and the state diagram if it is
// wanted.
func (s *sheet) result(r *play.Result) {
	o := ladderOptions(r, s.lang)
	o.Title, o.Width, o.Color = "", s.width, s.color
	s.WriteString(diagram.LadderText(r.Events, o) + "\n")
	s.paths(pathLines(r, s.lang))
	s.WriteString("\n" + strings.Join(diagram.Wrap(s.summary(r), s.width), "\n") + "\n")
	if s.f.diagram {
		m := diagram.MachineOptions{Options: o.Options, Paths: ways(r, s.lang)}
		s.WriteString("\n" + diagram.MachineText(m))
	}
}

// paths writes lines of names and what they stand for, in two columns; a line
// without a name is a remark.
func (s *sheet) paths(lines []pathLine) {
	column := 0
	for _, l := range lines {
		column = max(column, diagram.Width(l.name)+2)
	}
	for _, l := range lines {
		if l.name == "" {
			s.WriteString("\n" + strings.Join(diagram.Wrap(l.text, s.width), "\n") + "\n")
			continue
		}
		name := s.bold(l.name) + strings.Repeat(" ", column-diagram.Width(l.name))
		for _, text := range diagram.Wrap(l.text, s.width-column) {
			s.WriteString(name + text + "\n")
			name = strings.Repeat(" ", column)
		}
	}
}

// A pathLine is the states of an end, or a remark without a name.
type pathLine struct{ name, text string }

// pathLines is the states of each end, and of each connection if an end had
// several; then what differs from the undisturbed scenario.
func pathLines(r *play.Result, l explain.Lang) []pathLine {
	client, server := endName(play.Client, l), endName(play.Server, l)
	lines := []pathLine{{client, pathText(r.Client)}, {server, pathText(r.Server)}}
	seen := map[string]int{}
	for _, c := range r.Connections {
		if seen[c.End]++; seen[c.End] > 1 {
			lines = append(lines, pathLine{fmt.Sprintf("%s %d", endName(c.End, l), seen[c.End]), pathText(c.Path)})
		}
	}
	if r.AsExpected() {
		return lines
	}
	note := "On this network the connection took another way than undisturbed, which is:"
	if l == explain.ZH {
		note = "在这样的网络上，连接走的路和不受干扰时不同。不受干扰时是："
	}
	return append(lines, pathLine{"", note},
		pathLine{client, pathText(r.Scenario.Client)}, pathLine{server, pathText(r.Scenario.Server)})
}

// pathText is the states of a path in a line.
func pathText(path []fsm.State) string {
	var names []string
	for _, s := range path {
		names = append(names, s.String())
	}
	return strings.Join(names, " → ")
}

// summary is the figures of a run in a line.
func (s *sheet) summary(r *play.Result) string {
	o := r.Options
	text := fmt.Sprintf(s.say("%d packets and %s of virtual time, on a network with a round trip of %s",
		"%d 个分组，虚拟时间 %s，网络往返时间 %s"), r.Packets, diagram.Clock(r.Duration), diagram.Clock(o.RTT))
	text += networkText(o, s.lang)
	switch {
	case o.Drop > r.Packets:
		text += fmt.Sprintf(s.say("; there was no packet %d, so nothing was dropped", "；没有第 %d 个分组，所以什么也没有丢弃"), o.Drop)
	case o.Drop > 0:
		text += fmt.Sprintf(s.say(", packet %d lost", "，第 %d 个分组丢失"), o.Drop)
	}
	return text + s.say(".", "。")
}

// closing writes what to try next.
func (s *sheet) closing(last show) {
	lines := [][2]string{{last.Next, play.Find(last.Next).Words(s.lang).Title}}
	if !s.f.diagram {
		lines = append(lines, [2]string{last.Name + " --diagram", s.say("its way through the state diagram", "它在状态图上走过的路")})
	}
	if n := arrived(last.results[0]); n > 0 && s.f.network.drop == 0 {
		lines = append(lines, [2]string{fmt.Sprintf("%s --drop %d", last.Name, n), fmt.Sprintf(s.say("what if packet %d is lost?", "第 %d 个分组丢了会怎样？"), n)})
	}
	lines = append(lines, [2]string{"--list", s.say("all scenarios", "所有场景")})
	const command = "  lastack play "
	wide := 0
	for _, l := range lines {
		wide = max(wide, len(command+l[0])+2)
	}
	s.WriteString("\n" + s.bold(s.say("Try next", "接下来试试")) + "\n")
	for _, l := range lines {
		entry(&s.Builder, command+l[0], l[1], wide, s.width)
	}
}

// arrived is the number of a packet that arrived, the third if there are that
// many; 0 if none did.
func arrived(r *play.Result) (n uint64) {
	for _, e := range r.Events {
		if e.Kind == trace.Recv && e.Pkt > n && e.Pkt <= 3 {
			n = e.Pkt
		}
	}
	return n
}
