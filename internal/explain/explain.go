// Package explain tells people, in English and in Chinese, what the states of
// a connection mean: who is in them, which timer runs, what one sees, and what
// goes wrong when many connections sit there.
//
// What leads into a state and out of it is not written here: Into and OutOf
// read it from fsm.Table.
package explain

import (
	"fmt"
	"strings"

	"github.com/lastack/lastack/fsm"
)

// A Lang is a language that lastack speaks.
type Lang uint8

// The languages.
const (
	EN Lang = iota // English
	ZH             // Chinese, simplified characters
)

// Langs is all the languages.
var Langs = [...]Lang{EN, ZH}

// String is the language's code as HTML has it: "en", "zh-CN".
func (l Lang) String() string {
	if l == ZH {
		return "zh-CN"
	}
	return "en"
}

// ParseLang finds a language by its code, with or without a country and an
// encoding: en, zh, zh-CN, zh_CN.UTF-8.
func ParseLang(code string) (Lang, error) {
	base := strings.ToLower(code)
	if i := strings.IndexAny(base, "-_.@"); i >= 0 {
		base = base[:i]
	}
	switch base {
	case "en":
		return EN, nil
	case "zh":
		return ZH, nil
	}
	return EN, fmt.Errorf("no text in language %q; choose en or zh", code)
}

// A Page is what there is to say about a state. Every field is one paragraph.
type Page struct {
	Line    string // in one line, without a full stop
	Meaning string // what it means
	Ends    string // which end of a connection can be in it
	Timer   string // which timer runs
	Seen    string // what an application and ss see
	Trouble string // what it means when many connections sit there, or one for long
	Advice  string // what to do then
}

// State is the page of a state.
func State(l Lang, s fsm.State) Page { return pages(l)[s] }

func pages(l Lang) *[fsm.NumStates]Page {
	if l == ZH {
		return &pagesZH
	}
	return &pagesEN
}

// Event is the name of an event.
func Event(l Lang, e fsm.Event) string {
	if l == ZH && int(e) < len(eventsZH) {
		return eventsZH[e]
	}
	return e.String()
}

// Guard is the name of a condition, empty for fsm.Always.
func Guard(l Lang, g fsm.Guard) string {
	if name, ok := guardsZH[g]; ok && l == ZH {
		return name
	}
	return g.String()
}

// Action is the names of the actions in a, empty for none.
func Action(l Lang, a fsm.Action) string {
	if l != ZH {
		return a.String()
	}
	var names []string
	for i, name := range actionsZH {
		if a&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, "，")
}
