// Releasectl builds what a release consists of: archives for every platform, container images, and their checksums. Two
// builds of the same commit by the same release of Go are equal, byte for byte, wherever they are made.
package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/procedo/procedo/cmd/internal/command"
)

type cli struct {
	Version  string    `required:"" help:"Version that the program shows."`
	Commit   string    `required:"" help:"Commit that the program is built from."`
	Time     time.Time `required:"" help:"Time of the commit, for the program and for all files (RFC 3339)."`
	Out      string    `default:"dist" help:"Folder to write to; it is emptied first."`
	Platform []string  `help:"Only these platforms, such as linux/arm64; by default all, or of images this machine's."`
	Only     string    `enum:"archives,images,all" default:"all" help:"What to build: archives, images or all."`
}

// platforms lists the platforms of a release.
var platforms = []string{
	"darwin/amd64", "darwin/arm64", "linux/amd64", "linux/arm64", "windows/amd64", "windows/arm64",
}

func main() {
	command.Main("releasectl", "Builds the files of a release. Run it in the top folder of the checkout.", &cli{})
}

// Run builds all files and writes their checksums.
func (c cli) Run() error {
	ctx := context.Background()
	if len(c.Platform) == 0 {
		c.Platform = platforms
	}
	if err := os.RemoveAll(c.Out); err != nil {
		return err
	}
	const mode = 0o755
	if err := os.MkdirAll(c.Out, mode); err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "procedo-release-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	for _, platform := range c.Platform {
		system, arch, _ := strings.Cut(platform, "/")
		if !slices.Contains(platforms, platform) {
			return fmt.Errorf("unknown platform %s; known: %s", platform, strings.Join(platforms, ", "))
		}
		if err := c.platform(ctx, work, system, arch); err != nil {
			return fmt.Errorf("%s: %w", platform, err)
		}
	}
	return c.writeSums()
}

// platform builds the program for a platform and packs it.
func (c cli) platform(ctx context.Context, work, system, arch string) error {
	program := filepath.Join(work, "procedo-"+system+"-"+arch)
	if err := c.build(ctx, program, system, arch); err != nil {
		return err
	}
	name := "procedo-" + c.Version + "-" + system + "-" + arch
	if c.Only != "images" {
		if err := c.archive(program, name, system); err != nil {
			return err
		}
	}
	if c.Only == "archives" || system != "linux" {
		return nil
	}
	return c.image(program, name+"-image.tar.gz", arch)
}

// writeSums writes the file SHA256SUMS, which sha256sum --check reads.
func (c cli) writeSums() error {
	files, err := os.ReadDir(c.Out) // sorted by name
	if err != nil {
		return err
	}
	var sums strings.Builder
	for _, f := range files {
		data, err := os.ReadFile(filepath.Join(c.Out, f.Name()))
		if err != nil {
			return err
		}
		sum := sha256.Sum256(data)
		fmt.Fprintf(&sums, "%s  %s\n", hex.EncodeToString(sum[:]), f.Name())
	}
	const mode = 0o644
	fmt.Printf("built with %s:\n%s", runtime.Version(), sums.String())
	return os.WriteFile(filepath.Join(c.Out, "SHA256SUMS"), []byte(sums.String()), mode)
}
