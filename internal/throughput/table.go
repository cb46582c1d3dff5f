package throughput

import (
	"fmt"
	"strings"
)

// header is the first lines of the table of single flows.
const header = `# What one flow gets, under each congestion control, over many networks.
# rate: of the link, both ways. loss: of packets with data, by chance. The queue
# before the link holds what the link does (at least 20 packets) and drops the rest.
# goodput: of data, in the time that is measured, which begins after slow start.
# expected: what the link carries, or what the congestion control's own formula
# says for this loss and round trip. resent: segments sent again.
#
# cc     loss   rtt   rate  goodput Mbit/s  expected  ratio  of link  resent  srtt ms  reason
`

// Line is the result as a line of the table.
func (r Result) Line() string {
	line := fmt.Sprintf("%-6s %5s %6v %4dM  %14s %9s  %5.2f   %5.1f%%  %5.2f%% %8.1f  %s",
		r.Congestion, percent(r.Loss), r.RTT, r.Rate/1e6, mega(r.Goodput), mega(r.model()),
		r.Goodput/r.model(), 100*r.Goodput/r.lineRate(), 100*r.Resent, r.Delay.Seconds()*1000, r.reason().text)
	return strings.TrimRight(line, " ")
}

// percent is a share for people: "0.01%".
func percent(share float64) string { return fmt.Sprintf("%g%%", share*100) }

// mega is a rate in Mbit/s with three decimals.
func mega(rate float64) string { return fmt.Sprintf("%.3f", rate/1e6) }

// key is how a line of the table begins that is of this cell.
func (c Cell) key() string {
	return fmt.Sprintf("%-6s %5s %6v %4dM ", c.Congestion, percent(c.Loss), c.RTT, c.Rate/1e6)
}

// Merge is an old table with the lines of new results in their places, in the
// order of the grid. Lines of cells that are in neither are left out.
func Merge(old string, results []Result) string {
	lines := map[string]string{}
	for line := range strings.Lines(old) {
		for _, c := range Grid() {
			if strings.HasPrefix(line, c.key()) {
				lines[c.key()] = strings.TrimSuffix(line, "\n")
			}
		}
	}
	for _, r := range results {
		lines[r.key()] = r.Line()
	}
	var out strings.Builder
	out.WriteString(header)
	for _, c := range Grid() {
		if line, ok := lines[c.key()]; ok {
			out.WriteString(line + "\n")
		}
	}
	return out.String()
}
