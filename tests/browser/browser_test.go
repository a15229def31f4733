// Package browser shows the pages of the built program in a headless browser. The checks themselves are the scripts
// beside this file.
package browser

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// minNode is the oldest release of Node.js that the scripts run on.
const minNode = 20

// browsers are the names of Chromium in several distributions.
var browsers = []string{"chromium", "chromium-browser", "google-chrome"}

// binary is the path of the program, chromium that of the browser, and browser the address of the running browser.
var binary, chromium, browser string

func TestMain(m *testing.M) {
	os.Exit(runTests(m))
}

func runTests(m *testing.M) int {
	missing, err := prepare()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if missing != "" {
		fmt.Fprintf(os.Stderr, "The tests in a browser need %s. On Debian: apt-get install nodejs npm chromium "+
			"fonts-dejavu-core\n", missing)
		return 1
	}
	dir, err := os.MkdirTemp("", "procedo-browser-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "procedo")
	build := exec.Command("go", "build", "-o", binary, "../../cmd/procedo")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		return 1
	}
	stop, err := launch()
	if err != nil {
		fmt.Fprintln(os.Stderr, "Chromium:", err)
		return 1
	}
	defer stop()
	return m.Run()
}

// launch starts the browser, which all tests share, since its start takes longer than most tests.
func launch() (stop func(), err error) {
	cmd := exec.Command("node", "launch.mjs")
	cmd.Stderr, cmd.Env = os.Stderr, append(os.Environ(), "PROCEDO_TEST_CHROMIUM="+chromium)
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	stop = func() {
		_ = in.Close()
		_ = cmd.Wait()
	}
	if browser, err = bufio.NewReader(out).ReadString('\n'); err != nil {
		stop()
		return nil, err
	}
	browser = strings.TrimSpace(browser)
	return stop, nil
}

// prepare finds the programs, and installs the packages of the lock file if they are not. It returns the names of
// missing programs.
func prepare() (missing string, err error) {
	var absent []string
	for _, name := range browsers {
		if path, err := exec.LookPath(name); err == nil {
			chromium = path
			break
		}
	}
	if chromium == "" {
		absent = append(absent, "Chromium")
	}
	if nodeVersion() < minNode {
		absent = append(absent, fmt.Sprintf("Node.js %d or later", minNode))
	}
	if _, err := exec.LookPath("npm"); err != nil {
		absent = append(absent, "npm")
	}
	if len(absent) > 0 {
		return strings.Join(absent, ", "), nil
	}
	return "", errors.Join(installPackages("."), installPackages(provider))
}

// nodeVersion returns the major version of Node.js, or 0 if it is not installed.
func nodeVersion() int {
	out, err := exec.Command("node", "--version").Output()
	if err != nil {
		return 0
	}
	major, _, _ := strings.Cut(strings.TrimPrefix(string(out), "v"), ".")
	n, err := strconv.Atoi(major)
	if err != nil {
		return 0
	}
	return n
}

// installPackages runs npm ci in a folder unless the installed packages come from the present lock file.
func installPackages(dir string) error {
	installed := filepath.Join(dir, "node_modules/procedo-installed-lock.json") // a copy of the lock file
	lock, err := os.ReadFile(filepath.Join(dir, "package-lock.json"))
	if err != nil {
		return err
	}
	if known, err := os.ReadFile(installed); err == nil && bytes.Equal(known, lock) {
		return nil
	}
	install := exec.Command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	install.Dir = dir
	if out, err := install.CombinedOutput(); err != nil {
		return fmt.Errorf("npm ci: %w\n%s", err, out)
	}
	return os.WriteFile(installed, lock, 0o600)
}

var announced = regexp.MustCompile(`Procedo is listening at (http://\S+) \(`)

// serve starts a server on a free port and returns its URL.
func serve(t *testing.T, flags ...string) (url string) {
	t.Helper()
	args := append([]string{"serve", "--listen", "127.0.0.1:0", "--log-level", "warn"}, flags...)
	cmd := exec.CommandContext(t.Context(), binary, args...)
	cmd.Dir, cmd.Stderr = t.TempDir(), os.Stderr
	url = started(t, cmd)
	t.Cleanup(func() { _ = cmd.Wait() }) // the context of the test ends the process first
	return url
}

// started starts a server and returns the URL that it prints.
func started(t *testing.T, cmd *exec.Cmd) (url string) {
	t.Helper()
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if found := announced.FindStringSubmatch(lines.Text()); found != nil {
			url = found[1]
			break
		}
	}
	require.NotEmpty(t, url, "the server did not print its URL")
	go func() { // continue to read, so that the pipe does not fill up
		for lines.Scan() {
		}
	}()
	return url
}

// run runs a script against a server, with more variables of the environment.
func run(t *testing.T, script, url string, variables ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "node", script)
	cmd.Env = append(os.Environ(), append(variables, "PROCEDO_URL="+url, "PROCEDO_TEST_BROWSER="+browser)...)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
}

func TestTheReferenceSendsRequestsAndKeepsNumbers(t *testing.T) {
	t.Parallel()
	run(t, "docs.mjs", serve(t, "--demo", "--console=false"))
}

func TestTheReferenceWorksUnderAnotherNameOfTheServer(t *testing.T) {
	t.Parallel()
	run(t, "name.mjs", strings.Replace(serve(t), "127.0.0.1", "localhost", 1))
}

func TestProblemsAreExplainedInBothLanguages(t *testing.T) {
	t.Parallel()
	run(t, "problems.mjs", serve(t))
}

func TestAServerWithoutTheReferenceHasAFirstPage(t *testing.T) {
	t.Parallel()
	run(t, "home.mjs", serve(t, "--docs=false", "--console=false"))
}
