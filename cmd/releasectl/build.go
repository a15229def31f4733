package main

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"time"
)

// build builds the static program for a platform. What would make it depend on the machine is left out: paths
// (trimpath), the state of the checkout (buildvcs), and settings of the environment.
func (c cli) build(ctx context.Context, output, system, arch string) error {
	flags := "-s -w -buildid= -X main.version=" + c.Version + " -X main.commit=" + c.Commit +
		" -X main.commitTime=" + c.Time.UTC().Format(time.RFC3339)
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags", flags, //nolint:gosec // not a shell
		"-o", output, "./cmd/procedo")
	for _, entry := range os.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		switch name {
		case "GOFLAGS", "GOEXPERIMENT", "GOAMD64", "GOARM64", "GOFIPS140", "GODEBUG":
		default:
			cmd.Env = append(cmd.Env, entry)
		}
	}
	cmd.Env = append(cmd.Env, "CGO_ENABLED=0", "GOOS="+system, "GOARCH="+arch, "GOFLAGS=-mod=readonly")
	cmd.Stderr = os.Stderr
	return cmd.Run()
}
