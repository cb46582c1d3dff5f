package diagram

import (
	"strings"
	"unicode"
)

// wide reports whether a terminal draws r two columns wide: Chinese characters
// and their punctuation.
func wide(r rune) bool {
	return unicode.Is(unicode.Han, r) || r >= 0x3000 && r <= 0x303f || r >= 0xff00 && r <= 0xff60
}

// width is how many columns s takes on a terminal.
func width(s string) (n int) {
	for _, r := range s {
		n++
		if wide(r) {
			n++
		}
	}
	return n
}

// pad fills s with spaces on the right up to n columns.
func pad(s string, n int) string { return s + spaces(n-width(s)) }

func spaces(n int) string { return strings.Repeat(" ", max(n, 0)) }

// wrap breaks s into lines of at most n columns: after spaces, and between any
// two Chinese characters. A longer word stands alone on its line.
func wrap(s string, n int) (lines []string) {
	line := ""
	for _, word := range words(s) {
		if line != "" && width(line)+width(strings.TrimRight(word, " ")) > n {
			lines = append(lines, strings.TrimRight(line, " "))
			line = ""
		}
		line += word
	}
	if line = strings.TrimRight(line, " "); line != "" {
		lines = append(lines, line)
	}
	return lines
}

// words cuts s after its spaces and around wide characters; punctuation stays
// with the character before it.
func words(s string) (out []string) {
	word := ""
	cut := func() {
		if word != "" {
			out = append(out, word)
		}
		word = ""
	}
	for _, r := range s {
		switch {
		case strings.ContainsRune("，。；：、！？）”", r):
			word += string(r)
			cut()
		case wide(r) && !strings.HasSuffix(word, "（") && !strings.HasSuffix(word, "“"):
			cut()
			word = string(r)
		default:
			word += string(r)
			if r == ' ' {
				cut()
			}
		}
	}
	cut()
	return out
}

// wrapList breaks a list, of which English and Chinese have different commas,
// after its commas only.
func wrapList(s string, n int) (lines []string) {
	if s == "" {
		return nil
	}
	parts := strings.SplitAfter(strings.ReplaceAll(s, ", ", ",\x00"), "\x00")
	if strings.Contains(s, "，") {
		parts = strings.SplitAfter(s, "，")
	}
	line := ""
	for _, part := range parts {
		part = strings.ReplaceAll(part, "\x00", " ")
		if line != "" && width(line)+width(strings.TrimRight(part, " ")) > n {
			lines = append(lines, strings.TrimRight(line, " "))
			line = ""
		}
		line += part
	}
	return append(lines, line)
}

// Wrap breaks a paragraph into lines of at most n columns of a terminal: after
// spaces, and between any two Chinese characters.
func Wrap(s string, n int) []string { return wrap(s, n) }

// Width is how many columns of a terminal s takes.
func Width(s string) int { return width(s) }
