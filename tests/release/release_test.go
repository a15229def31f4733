// Package release tests what make release and make image build, and the files that come with a release.
package release

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	version = "v0.0.0-test"
	commit  = "0123456789abcdef0123456789abcdef01234567"
	made    = "2026-11-29T01:02:03Z" // time of the commit
)

// tool is the path of releasectl, which TestMain builds. built holds a release for this machine.
var tool, built string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "procedo-release-")
	if err == nil {
		tool, built = filepath.Join(dir, "releasectl"), filepath.Join(dir, "dist")
		err = run("../..", "go", "build", "-o", tool, "./cmd/releasectl")
	}
	if err == nil {
		err = build("../..", built)
	}
	status := 1
	if err == nil {
		status = m.Run()
		_ = exec.Command("docker", "image", "rm", "--force", image).Run()
	} else {
		_, _ = os.Stderr.WriteString(err.Error() + "\n")
	}
	os.RemoveAll(dir)
	os.Exit(status)
}

func run(dir, program string, args ...string) error {
	cmd := exec.Command(program, args...)
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	return cmd.Run()
}

// build builds the archive and the image of this machine's processor from a checkout.
func build(checkout, out string) error {
	return run(checkout, tool, "--version", version, "--commit", commit, "--time", made, "--out", out,
		"--platform", "linux/"+runtime.GOARCH)
}

// files returns the files of a folder by their names.
func files(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	list, err := os.ReadDir(dir)
	require.NoError(t, err)
	all := map[string][]byte{}
	for _, f := range list {
		data, err := os.ReadFile(filepath.Join(dir, f.Name()))
		require.NoError(t, err)
		all[f.Name()] = data
	}
	return all
}

// checkout copies the files of the repository, without its history, into a new folder.
func checkout(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "another", "place")
	args := []string{"-C", "../..", "ls-files", "--cached", "--others", "--exclude-standard", "-z"}
	list, err := exec.Command("git", args...).Output()
	require.NoError(t, err)
	for name := range strings.SplitSeq(strings.TrimRight(string(list), "\x00"), "\x00") {
		data, err := os.ReadFile(filepath.Join("../..", name))
		if errors.Is(err, os.ErrNotExist) { // deleted, but not yet committed
			continue
		}
		require.NoError(t, err)
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o750))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), data, 0o600))
	}
	return dir
}

func TestTwoBuildsInDifferentPlacesAreEqual(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	for name, value := range map[string]string{
		"TZ": "Asia/Kathmandu", "GOFLAGS": "-buildvcs=true", "GOAMD64": "v2", "LC_ALL": "fr_FR",
	} {
		t.Setenv(name, value)
	}
	require.NoError(t, build(checkout(t), out))
	first, second := files(t, built), files(t, out)
	require.Len(t, first, 3, "an archive, an image and the checksums")
	for name, data := range first {
		require.True(t, bytes.Equal(data, second[name]), name)
	}
}

func TestTheChecksumsAreThoseOfTheFiles(t *testing.T) {
	all := files(t, built)
	lines := strings.Split(strings.TrimSpace(string(all["SHA256SUMS"])), "\n")
	require.Len(t, lines, len(all)-1)
	for _, line := range lines {
		sum, name, _ := strings.Cut(line, "  ")
		want := sha256.Sum256(all[name])
		require.Equal(t, hex.EncodeToString(want[:]), sum, name)
	}
}

func TestTheArchiveHoldsWhatAnOperatorNeedsAndTheProgramSaysWhatItIs(t *testing.T) {
	name := "procedo-" + version + "-linux-" + runtime.GOARCH
	unpacked := map[string][]byte{}
	compressed, err := gzip.NewReader(bytes.NewReader(files(t, built)[name+".tar.gz"]))
	require.NoError(t, err)
	for archive := tar.NewReader(compressed); ; {
		h, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		require.Equal(t, made, h.ModTime.UTC().Format("2006-01-02T15:04:05Z"), h.Name)
		require.Zero(t, h.Uid+h.Gid, h.Name)
		require.Empty(t, h.Uname+h.Gname, h.Name)
		unpacked[strings.TrimPrefix(h.Name, name+"/")], err = io.ReadAll(archive)
		require.NoError(t, err)
	}
	for _, file := range []string{
		"LICENSE", "README.md", "README.fr.md", "CHANGELOG.md", "compose.yaml", "docs/deploy/procedo.service",
		"docs/verify.py", "docs/monitoring/procedo.rules.yml", "docs/monitoring/grafana.json",
	} {
		require.NotEmpty(t, unpacked[file], file)
	}
	for _, page := range []string{"README.md", "README.fr.md"} {
		for _, link := range regexp.MustCompile(`\]\(([^):#]+)`).FindAllStringSubmatch(string(unpacked[page]), -1) {
			isFolder := slices.ContainsFunc(slices.Collect(maps.Keys(unpacked)), func(file string) bool {
				return strings.HasPrefix(file, link[1]+"/")
			})
			require.True(t, isFolder || unpacked[link[1]] != nil, "%s leads to %s", page, link[1])
		}
	}
	for file := range unpacked {
		require.NotRegexp(t, `\.go$|testdata`, file)
	}
	program := filepath.Join(t.TempDir(), "procedo")
	require.NoError(t, os.WriteFile(program, unpacked["procedo"], 0o700))
	out, err := exec.Command(program, "version").Output()
	require.NoError(t, err)
	for _, said := range []string{version, commit, made, runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH} {
		require.Contains(t, string(out), said)
	}
}
