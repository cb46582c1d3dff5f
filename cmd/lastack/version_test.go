package main

import (
	"runtime/debug"
	"testing"
)

func TestVersionTellsWhatTheBuildKnows(t *testing.T) {
	setting := func(key, value string) debug.BuildSetting { return debug.BuildSetting{Key: key, Value: value} }
	for _, c := range []struct {
		info debug.BuildInfo
		want string
	}{
		{debug.BuildInfo{GoVersion: "go1.26.0", Main: debug.Module{Version: "(devel)"}}, "devel (go1.26.0)"},
		{debug.BuildInfo{GoVersion: "go1.26.0"}, "devel (go1.26.0)"},
		{debug.BuildInfo{
			GoVersion: "go1.26.0", Main: debug.Module{Version: "v1.2.3"},
			Settings: []debug.BuildSetting{setting("vcs.revision", "0123456789abcdef"), setting("vcs.modified", "true")},
		}, "v1.2.3 (revision 0123456789ab, changed since; go1.26.0)"},
	} {
		if got := versionOf(&c.info); got != c.want {
			t.Errorf("version %q, want %q", got, c.want)
		}
	}
}
