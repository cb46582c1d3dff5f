package main

import (
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lastack/lastack/internal/explain"
)

// An output is the flags of a command that shows something: in which form and
// language, and where to.
type output struct {
	format  string
	lang    string
	file    string
	formats []string // the choices; the first is the default
}

// addFlags gives a command --format, --lang and -o.
func (o *output) addFlags(cmd *cobra.Command, formats ...string) {
	o.formats = formats
	o.addLang(cmd)
	f := cmd.Flags()
	f.StringVar(&o.format, "format", formats[0], "form of the output: "+strings.Join(formats, ", "))
	f.StringVarP(&o.file, "output", "o", "", "write to this file instead of the standard output")
	must(cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(formats, cobra.ShellCompDirectiveNoFileComp)))
}

// addLang gives a command --lang.
func (o *output) addLang(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.lang, "lang", "", "language: en, zh (default: that of the environment)")
	must(cmd.RegisterFlagCompletionFunc("lang", cobra.FixedCompletions([]string{"en", "zh"}, cobra.ShellCompDirectiveNoFileComp)))
}

// check tells which flag has a value that is none of its choices.
func (o *output) check() error {
	if len(o.formats) > 0 && !slices.Contains(o.formats, o.format) {
		return usagef("unknown format %q; choose one of %s", o.format, strings.Join(o.formats, ", "))
	}
	if o.lang != "" {
		if _, err := explain.ParseLang(o.lang); err != nil {
			return usageError{err}
		}
	}
	return nil
}

// language is the language asked for, or else the environment's.
func (o *output) language() explain.Lang {
	for _, code := range []string{o.lang, os.Getenv("LC_ALL"), os.Getenv("LC_MESSAGES"), os.Getenv("LANG")} {
		if code != "" {
			l, _ := explain.ParseLang(code) // English if there is no text in it
			return l
		}
	}
	return explain.EN
}

// color reports whether the output may have colours: it is text, and goes to a
// terminal that can show them.
func (o *output) color(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok || o.file != "" || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// write writes the text to where it was asked for.
func (o *output) write(w io.Writer, text string) error {
	if o.file == "" || o.file == "-" {
		_, err := io.WriteString(w, text)
		return err
	}
	return os.WriteFile(o.file, []byte(text), 0o644)
}

// must panics if a flag that the program has just made is not there.
func must(err error) {
	if err != nil {
		panic("BUG: " + err.Error())
	}
}
