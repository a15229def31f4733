package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"time"

	_ "golang.org/x/crypto/x509roots/fallback" // root certificates, for images without any

	"github.com/procedo/procedo/core/fault"
)

// These are set at build time, as in -ldflags "-X main.version=1.2.3": the version, the commit, and the time of the
// commit in RFC 3339. cmd/releasectl sets all of them.
var version, commit, commitTime string

type versionCmd struct{}

// Run shows the version.
func (versionCmd) Run(_ context.Context, m *Main) error {
	params := fault.Params{
		"version": versionText(), "go": runtime.Version(), "platform": runtime.GOOS + "/" + runtime.GOARCH,
	}
	if id, at := builtFrom(); id != "" {
		params["commit"] = id
		if at, err := time.Parse(time.RFC3339, at); err == nil {
			params["date"] = at.UTC().Format("2006-01-02T15:04:05Z")
		}
	}
	_, err := fmt.Fprintln(m.Stdout, say("version", params))
	return err
}

// builtFrom returns the commit from which the program was built, and the time of the commit, as far as they are known.
func builtFrom() (id, at string) {
	if commit != "" {
		return commit, commitTime
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "", ""
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			id = s.Value
		case "vcs.time":
			at = s.Value
		}
	}
	return id, at
}

// versionText returns the version that was set at build time.
func versionText() string {
	if version != "" {
		return version
	}
	return say("version_development", nil)
}
