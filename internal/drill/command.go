package drill

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/lastack/lastack/fsm"
)

var (
	assignment = regexp.MustCompile(`^([a-zA-Z0-9_./]+)=(.*)$`)
	restore    = regexp.MustCompile(`^/tmp/sysctl_restore_\S+\.sh$`)
	redirected = regexp.MustCompile(`[0-9]?>&?\s*\S+`)

	// effectless is what settles nothing that a script could see of lastack: a
	// plain queue for the device or one that paces as lastack does itself, an empty cache of what was learnt of peers, what
	// the device does for the stack, and a look at counters.
	effectless = regexp.MustCompile(`^(tc qdisc (add|replace) dev tun\d+ root (p?fifo|fq)$|ip tcp_metrics flush|ethtool -K tun\d+ ((tso|gso|gro) (on|off) *)+$|nstat( -\w+)?$|set [-+]\w+$|true$)`)
)

// A reader gives the text of a file that a command names.
type reader func(path string) (string, error)

// oneCommand puts commands that are joined on lines of their own.
var oneCommand = strings.NewReplacer("\\\n", " ", ";", "\n", "&&", "\n")

// arithmetic is what a shell works out in $(( )): whole numbers and operators.
var arithmetic = regexp.MustCompile(`\$\(\(([0-9+*/()\s-]+)\)\)`)

// workOut puts the results of arithmetic into a command.
func workOut(text string) string {
	return arithmetic.ReplaceAllStringFunc(text, func(s string) string {
		e := evaluator{src: arithmetic.FindStringSubmatch(s)[1]}
		v := e.expr()
		if e.end(); e.err != nil || !whole(v) {
			return s
		}
		return strconv.FormatInt(int64(v), 10)
	})
}

// parseSettings reads a shell command that does nothing but set: lines of
// "sysctl name=value ...", and files of such lines (*.sh), which read opens if it
// is not nil. What else there may be is ignored if it cannot matter to lastack;
// otherwise the script needs it.
func parseSettings(text string, read reader) (settings []setting, err error) {
	for line := range strings.Lines(oneCommand.Replace(workOut(text))) {
		line = strings.TrimSpace(redirected.ReplaceAllString(line, ""))
		words := splitWords(line)
		switch {
		case len(words) == 0, line[0] == '#', restore.MatchString(line), effectless.MatchString(line):
		case words[0] == "sysctl" || strings.HasSuffix(words[0], "set_sysctls.py"):
			some, err := assignments(words[1:])
			if err != nil {
				return nil, err
			}
			settings = append(settings, some...)
		case strings.HasSuffix(words[0], ".sh") && len(words) == 1:
			some, err := settingsOf(words[0], read)
			if err != nil {
				return nil, err
			}
			settings = append(settings, some...)
		default:
			return nil, need("the command " + strconv.Quote(line))
		}
	}
	return settings, nil
}

// settingsOf is the settings that a file of them makes. It may not name others.
func settingsOf(path string, read reader) ([]setting, error) {
	if read == nil {
		return nil, need("the settings of " + path)
	}
	text, err := read(path)
	if err != nil {
		return nil, need("the settings of " + path)
	}
	return parseSettings(text, nil)
}

// assignments reads the arguments of sysctl.
func assignments(words []string) (settings []setting, err error) {
	for _, w := range words {
		if strings.HasPrefix(w, "-") {
			continue
		}
		m := assignment.FindStringSubmatch(w)
		if m == nil {
			return nil, need("the sysctl " + strconv.Quote(w))
		}
		name := strings.ReplaceAll(strings.TrimPrefix(m[1], "/proc/sys/"), "/", ".")
		settings = append(settings, setting{name, m[2]})
	}
	return settings, nil
}

// splitWords is the words of a line of shell, without quotes.
func splitWords(line string) (words []string) {
	var b strings.Builder
	quote, some := rune(0), false
	for _, c := range line + " " {
		switch {
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote, some = c, true
		case quote == 0 && (c == ' ' || c == '\t'):
			if some {
				words = append(words, b.String())
			}
			b.Reset()
			some = false
		default:
			b.WriteRune(c)
			some = true
		}
	}
	return words
}

// A stateQuery is FreeBSD's way to ask whether a number of connections is in a
// state: sockstat ... | grep -c STATE | grep N.
type stateQuery struct {
	state fsm.State
	count int
}

var sockstat = regexp.MustCompile(`^\s*sockstat\s[^|]*(?:\|\s*grep\s+[^|-][^|]*)*\|\s*grep\s+-c\s+(\S+)\s*\|\s*grep\s+(?:-q\s+)?(\d+)\s*$`)

// parseStateQuery reads such a command.
func parseStateQuery(text string) (q stateQuery, ok bool) {
	m := sockstat.FindStringSubmatch(text)
	if m == nil {
		return q, false
	}
	state, err := fsm.ParseState(m[1])
	if err != nil {
		return q, false
	}
	q.state = state
	q.count, err = strconv.Atoi(m[2])
	return q, err == nil
}

// check compares with the states that there are.
func (q stateQuery) check(states []fsm.State) error {
	n := 0
	for _, s := range states {
		if s == q.state {
			n++
		}
	}
	if n != q.count {
		return &commandError{fmt.Sprintf("%d connections are in %v, not %d", n, q.state, q.count)}
	}
	return nil
}
