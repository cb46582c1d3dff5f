package main

import (
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

// newVersionCommand makes "lastack version".
func newVersionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version of this command",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintln(cmd.OutOrStdout(), "lastack", version())
			return err
		},
	}
}

// version is what the build knows of itself:
// "v1.2.3 (revision 0123456789ab, changed since; go1.26.0)".
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(unknown version)"
	}
	return versionOf(info)
}

func versionOf(info *debug.BuildInfo) string {
	about := info.GoVersion
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	if revision := settings["vcs.revision"]; revision != "" {
		revision = "revision " + revision[:min(12, len(revision))]
		if settings["vcs.modified"] == "true" {
			revision += ", changed since"
		}
		about = revision + "; " + about
	}
	name := strings.Trim(info.Main.Version, "()") // "(devel)" without a version
	if name == "" {
		name = "devel"
	}
	return fmt.Sprintf("%s (%s)", name, about)
}
