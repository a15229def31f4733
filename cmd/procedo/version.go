package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/procedo/procedo/core/fault"
)

// version is set at build time: -ldflags "-X main.version=1.2.3".
var version string

type versionCmd struct{}

// Run shows the version.
func (versionCmd) Run(m *Main) error {
	line := fmt.Sprintf("procedo %s (%s %s/%s)", versionText(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	_, err := fmt.Fprintln(m.Stdout, line)
	return err
}

// versionText returns the version that was set at build time or, without one, the revision of the source.
func versionText() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return say("version_unknown", nil)
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return say("version_development", fault.Params{"revision": s.Value[:12]})
		}
	}
	return say("version_development", nil)
}
