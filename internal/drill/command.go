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
)

// parseSettings reads a shell command that does nothing but set: lines of
// "sysctl name=value ...". What else there may be is ignored if it cannot
// matter to lastack; otherwise the script needs it.
func parseSettings(text string) (settings []setting, err error) {
	text = strings.ReplaceAll(text, "\\\n", " ")
	for line := range strings.Lines(strings.ReplaceAll(text, ";", "\n")) {
		line = strings.TrimSpace(strings.ReplaceAll(line, ">/dev/null", ""))
		words := splitWords(line)
		switch {
		case len(words) == 0, line[0] == '#', restore.MatchString(line), words[0] == "true":
		case words[0] == "sysctl" || strings.HasSuffix(words[0], "set_sysctls.py"):
			some, err := assignments(words[1:])
			if err != nil {
				return nil, err
			}
			settings = append(settings, some...)
		case strings.HasSuffix(words[0], "defaults.sh"):
			return nil, need("the settings of " + words[0])
		default:
			return nil, need("the command " + strconv.Quote(line))
		}
	}
	return settings, nil
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
