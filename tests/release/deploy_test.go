package release

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// program unpacks the program of the release and returns its path.
func program(t *testing.T) string {
	t.Helper()
	name := "procedo-" + version + "-linux-" + runtime.GOARCH
	dir := t.TempDir()
	require.NoError(t, exec.Command("tar", "-C", dir, "-xzf", filepath.Join(built, name+".tar.gz")).Run())
	return filepath.Join(dir, name, "procedo")
}

// service is a service of compose.yaml.
type service struct {
	Image       string
	Command     []string
	Environment map[string]string
	Secrets     []string
	Ports       []string
	ReadOnly    bool           `yaml:"read_only"`
	DependsOn   map[string]any `yaml:"depends_on"`
	Healthcheck map[string]any
}

func TestTheComposeFileNamesOnlyWhatTheProgramKnows(t *testing.T) {
	text, err := os.ReadFile("../../compose.yaml")
	require.NoError(t, err)
	var file struct {
		Services map[string]service
		Volumes  map[string]any
		Secrets  map[string]map[string]string
	}
	require.NoError(t, yaml.Unmarshal(text, &file))
	procedo := program(t)
	for name, s := range file.Services {
		for _, secret := range s.Secrets {
			require.Contains(t, file.Secrets, secret, name)
		}
		for other := range s.DependsOn {
			require.Contains(t, file.Services, other, name)
		}
		for variable, value := range s.Environment {
			require.NotRegexp(t, `(?i)://[^/@]*:[^/@]*@`, value, "a secret belongs into a file")
			if path, isSecret := strings.CutPrefix(value, "/run/secrets/"); isSecret {
				require.Contains(t, s.Secrets, path, "%s: %s", name, variable)
			}
		}
		for _, port := range s.Ports {
			require.True(t, strings.HasPrefix(port, "127.0.0.1:"), "there is no authentication yet")
			require.NotEmpty(t, s.Environment["PROCEDO_HOST"], "pages in a browser here could use any name")
		}
		if !strings.HasPrefix(s.Image, "procedo:") {
			require.NotEmpty(t, s.Healthcheck, name)
			continue
		}
		require.True(t, s.ReadOnly, name)
		requireAccepted(t, procedo, s)
	}
	require.NotEmpty(t, file.Services["migrate"].Command)
	require.Contains(t, file.Services["procedo"].DependsOn, "migrate")
	if exec.Command("docker", "compose", "version").Run() == nil {
		cmd := exec.Command("docker", "compose", "--file", "../../compose.yaml", "config", "--quiet")
		cmd.Env = append(os.Environ(), "PROCEDO_VERSION=x")
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
}

// requireAccepted requires that the program takes the command line and the variables of a service. Files of secrets
// are replaced by ones that exist here.
func requireAccepted(t *testing.T, procedo string, s service) {
	t.Helper()
	password, key := filepath.Join(t.TempDir(), "password"), filepath.Join(t.TempDir(), "key")
	require.NoError(t, os.WriteFile(password, []byte("x\n"), 0o600))
	require.NoError(t, exec.Command(procedo, "audit", "keygen", "--output", key).Run())
	cmd := exec.Command(procedo, append([]string{"config"}, s.Command[1:]...)...)
	if s.Command[0] != "serve" {
		cmd = exec.Command(procedo, "config")
		out, err := exec.Command(procedo, append(s.Command, "--help")...).CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
	cmd.Env = []string{"LC_ALL=C"}
	for variable, value := range s.Environment {
		switch value {
		case "/run/secrets/postgres_password":
			value = password
		case "/run/secrets/audit_key":
			value = key
		}
		cmd.Env = append(cmd.Env, variable+"="+value)
	}
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.NotContains(t, string(out), "no setting has this name")
	for variable := range s.Environment {
		require.Contains(t, string(out), variable, "it is in force")
	}
}

func TestTheUnitOfSystemdIsValidAndConfined(t *testing.T) {
	const unit = "../../docs/deploy/procedo.service"
	text, err := os.ReadFile(unit)
	require.NoError(t, err)
	procedo := program(t)
	for _, m := range regexp.MustCompile(`(?m)^#?Environment=(PROCEDO_\w+)=`).FindAllStringSubmatch(string(text), -1) {
		out, err := exec.Command(procedo, "--help").Output()
		require.NoError(t, err)
		require.Contains(t, string(out), m[1])
	}
	for _, line := range []string{
		"Type=notify", "DynamicUser=yes", "StateDirectory=procedo", "ProtectSystem=strict", "NoNewPrivileges=yes",
		"SystemCallFilter=@system-service", "Restart=always",
		"StartLimitIntervalSec=0", "ExecReload=/bin/kill -HUP $MAINPID", "CapabilityBoundingSet=", "KillSignal=SIGTERM",
	} {
		require.Contains(t, "\n"+string(text), "\n"+line+"\n")
	}
	require.NotContains(t, string(text), "ProcSubset=", "process_start_time_seconds is computed from /proc/stat")
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Log("systemd-analyze is not installed, so only the settings were compared")
		return
	}
	installed := filepath.Join(t.TempDir(), "procedo.service")
	local := strings.ReplaceAll(string(text), "/usr/local/bin/procedo", procedo)
	require.NoError(t, os.WriteFile(installed, []byte(local), 0o600))
	out, err := exec.Command("systemd-analyze", "verify", installed).CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Empty(t, string(out))
	// Exposure from 0 to 100; 20 is what systemd calls OK.
	out, err = exec.Command("systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", installed).
		CombinedOutput()
	require.NoError(t, err, "%s", out)
}
