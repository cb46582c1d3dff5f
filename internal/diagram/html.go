package diagram

import (
	"fmt"
	"strings"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/explain"
)

// pageStyle is the looks of HTML pages. A page is one file: nothing is loaded
// from elsewhere, and there are no scripts.
const pageStyle = `:root{color-scheme:light dark;--ink:#1f2328;--soft:#59636e;--paper:#fff;--edge:#d1d9e0;--band:#f6f8fa}
@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9198a1;--paper:#0d1117;--edge:#3d444d;--band:#151b23}}
body{font-family:` + fonts + `;color:var(--ink);background:var(--paper);line-height:1.6;max-width:70rem;margin:2rem auto;padding:0 1.5rem}
h1{font-size:1.6rem;line-height:1.3}h2{font-size:1.25rem;margin-top:2.5rem}h3{margin-bottom:.3rem}
figure{margin:1.5rem 0;overflow-x:auto}svg{max-width:100%;height:auto}
table{border-collapse:collapse;width:100%;font-size:.9rem}caption{text-align:start;color:var(--soft);padding:.5rem 0}
th{white-space:nowrap}th,td{text-align:start;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid var(--edge)}
thead th{position:sticky;top:0;background:var(--band)}td.n{text-align:end;font-variant-numeric:tabular-nums;white-space:nowrap}
dt{font-weight:600;margin-top:.6rem}dd{margin:0}.soft{color:var(--soft)}.bad{color:#cf222e}.wide{overflow-x:auto}
code{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.92em}
@media print{body{margin:0;max-width:none}h2{break-before:auto}tr,figure{break-inside:avoid}}
`

// page makes a whole HTML page of a body.
func page(o Options, title, body string) string {
	return fmt.Sprintf(`<!DOCTYPE html>
<html lang="%s">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>%s</title>
<style>
%s</style>
</head>
<body>
<main>
<h1>%s</h1>
%s</main>
</body>
</html>
`, o.Lang, escape(title), pageStyle, escape(title), body)
}

// paragraphs is text with empty lines between paragraphs, as HTML.
func paragraphs(text string) string {
	var out strings.Builder
	for part := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		if part = strings.TrimSpace(part); part != "" {
			out.WriteString("<p>" + escape(part) + "</p>\n")
		}
	}
	return out.String()
}

// table is an HTML table; the cells are text.
func table(caption string, heads []string, rows [][]string) string {
	var out strings.Builder
	out.WriteString("<div class=\"wide\"><table>\n<caption>" + escape(caption) + "</caption>\n<thead><tr>")
	for _, h := range heads {
		out.WriteString(`<th scope="col">` + escape(h) + "</th>")
	}
	out.WriteString("</tr></thead>\n<tbody>\n")
	for _, row := range rows {
		out.WriteString("<tr>")
		for i, c := range row {
			class := ""
			if i == 0 {
				class = ` class="n"`
			}
			out.WriteString("<td" + class + ">" + escape(c) + "</td>")
		}
		out.WriteString("</tr>\n")
	}
	out.WriteString("</tbody></table></div>\n")
	return out.String()
}

// MachineHTML is a page with the state diagram, what each state means, and the
// whole table.
func MachineHTML(o MachineOptions) string {
	var out strings.Builder
	out.WriteString(paragraphs(o.Text))
	picture := o
	picture.bare = true
	out.WriteString("<figure>\n" + MachineSVG(picture) + "</figure>\n")
	fmt.Fprintf(&out, "<h2>%s</h2>\n", o.say("The states", "各个状态"))
	for s := range fsm.State(fsm.NumStates) {
		out.WriteString(stateHTML(o.Options, s, "h3"))
	}
	fmt.Fprintf(&out, "<h2>%s</h2>\n", o.say("The table", "转换表"))
	var rows [][]string
	for _, r := range rowsText(o.Lang) {
		rows = append(rows, r.cells())
	}
	out.WriteString(table(notes(o.Options), heads(o.Options), rows))
	return page(o.Options, title(o), out.String())
}

// StateHTML is a page about one state, which the diagram in it marks.
func StateHTML(o Options, s fsm.State) string {
	bare := o
	bare.bare = true
	picture := MachineSVG(MachineOptions{Options: bare, Paths: []Path{{Name: s.String(), States: []fsm.State{s}}}})
	return page(o, s.String(), stateHTML(o, s, "")+"<figure>\n"+picture+"</figure>\n")
}

// stateHTML is a state's page as a part of a page, under a heading of that
// level; an empty level is none.
func stateHTML(o Options, s fsm.State, level string) string {
	var out strings.Builder
	fmt.Fprintf(&out, "<section id=\"%v\">\n", s)
	if level != "" {
		fmt.Fprintf(&out, "<%s>%v</%s>\n", level, s, level)
	}
	fmt.Fprintf(&out, "<p>%s</p>\n<dl>\n", escape(explain.State(o.Lang, s).Line))
	for _, sec := range sections(o, s) {
		if sec.text == "" && len(sec.ways) == 0 {
			continue
		}
		fmt.Fprintf(&out, "<dt>%s</dt><dd>%s", sec.head, escape(sec.text))
		for i, w := range sec.ways {
			if i > 0 {
				out.WriteString("<br>")
			}
			if name := other(w, s); name != "" {
				out.WriteString("<code>" + strings.ReplaceAll(name, "─▶", "→") + "</code> ")
			}
			fmt.Fprintf(&out, "%s <span class=\"soft\">%s</span>", escape(describe(o.Lang, w)), escape(ref(w)))
		}
		out.WriteString("</dd>\n")
	}
	return out.String() + "</dl>\n</section>\n"
}
