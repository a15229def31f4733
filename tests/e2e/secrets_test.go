package e2e

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// keygen makes a keyset in a directory, and returns its flag.
func keygen(t *testing.T, dir, name string) (flag []string) {
	t.Helper()
	out, stderr, status := procedo(t, dir, "secrets", "keygen", name)
	require.Zero(t, status, out+stderr)
	return []string{"--secrets-key-file", name}
}

func TestWhatIsEncryptedCannotBeFound(t *testing.T) {
	for name, flags := range deployments(t) {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			key := keygen(t, dir, "keys.json")
			e := &erasure{
				t: t, dir: dir, database: databaseFlags(flags), cached: strings.Contains(name, "Valkey"),
				server: serve(t, dir, append(key, flags...)...),
			}
			e.fill()
			found := newSearch(e.everything())
			require.NotEmpty(t, found.asText(pin), "the search works")
			require.Empty(t, found.asText(code), "a draft, a commit and their receipts")
			require.False(t, finds(found.byDigest(numbers(t, code), `"*"`), code), "its salt is not found either")
			e.require(200, "POST", "/runs/"+e.id+"/steps/one/amend", `{"slots":{"code":"`+code+`1"},"reason":"typo"}`)
			e.require(409, "POST", "/runs/"+e.id+"/steps/one/commit", `{"slots":{"code":"`+code+`2"}}`)
			require.Empty(t, newSearch(e.everything()).asText(code))
			e.erase("--slot", "one.code")
			require.Empty(t, newSearch(e.everything()).asText(code))
			e.verified(0, "0 findings", key...)
		})
	}
}

// verified runs audit verify, and checks its status and that it prints a text.
func (e *erasure) verified(status int, text string, flags ...string) (out string) {
	e.t.Helper()
	args := append(append([]string{"audit", "verify"}, e.database...), flags...)
	out, stderr, got := procedo(e.t, e.dir, args...)
	require.Equal(e.t, status, got, out+stderr)
	require.Contains(e.t, out, text)
	return out
}

// rotate runs secrets rotate, and checks its status and that it prints a text.
func (e *erasure) rotate(status int, text string, flags ...string) {
	e.t.Helper()
	args := append(append([]string{"secrets", "rotate", "--secrets-key-file", "keys.json"}, e.database...), flags...)
	out, stderr, got := procedo(e.t, e.dir, args...)
	require.Equal(e.t, status, got, out+stderr)
	require.Contains(e.t, out+stderr, text)
}

// restart replaces the server by one with other flags.
func (e *erasure) restart(flags ...string) {
	e.t.Helper()
	e.signal(syscall.SIGTERM)
	e.server = serve(e.t, e.dir, append(flags, e.database...)...)
}

func TestSecretsAreEncryptedAndTheirKeyIsReplaced(t *testing.T) {
	for name, flags := range databases(t) {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			e := &erasure{t: t, dir: dir, database: flags, server: serve(t, dir, append([]string{"--migrate"}, flags...)...)}
			e.fill()
			require.NotEmpty(t, newSearch(e.everything()).asText(code), "in clear")
			key := keygen(t, dir, "keys.json")
			e.rotate(0, "1 value encrypted")
			require.Empty(t, newSearch(e.everything()).asText(code), "neither in rows nor, on SQLite, in the files")
			e.rotate(0, "0 values encrypted")

			sent := 0
			amend := func(status int, value string) string {
				sent++ // each has an Idempotency-Key of its own, which begins like the body
				begin := []string{"{", " {", "  {", "   {", "{ ", "{  "}
				body := begin[sent-1] + `"slots":{"code":"` + value + `"},"reason":"typo"}`
				return e.require(status, "POST", "/runs/"+e.id+"/steps/one/amend", body)
			}
			require.Contains(t, amend(503, "1"), `"service.secrets_unavailable"`, "the server has no keyset")
			e.verified(0, "1 sensitive value is encrypted and was not recomputed")
			require.NotContains(t, e.verified(0, "0 findings", key...), "encrypted")
			other := keygen(t, dir, "other.json")
			e.verified(1, "cannot be decrypted", other...)
			e.restart(key...)
			amend(200, "1")

			e.rotate(0, "new key added", "--add-key")
			e.rotate(1, "already has a new key", "--add-key")
			e.restart(key...)
			e.rotate(0, "1 value encrypted")
			amend(200, "2")
			e.rotate(0, "1 value encrypted")
			e.restart(key...)
			amend(200, "3")
			e.rotate(0, "1 key removed", "--drop-old")
			require.NotContains(t, e.verified(0, "0 findings", key...), "encrypted")
			e.moved(key)

			all, _, status := procedo(t, dir, append([]string{"migrate", "status"}, flags...)...)
			require.Zero(t, status, all)
			_, since, _ := strings.Cut(all, "sensitive_sealed\n")
			steps := fmt.Sprint(1 + strings.Count(since, "\n"))
			down, stderr, status := procedo(t, dir, append([]string{"migrate", "down", "--yes", "--steps", steps}, flags...)...)
			require.Equal(t, 1, status, "%s", down)
			require.Contains(t, stderr, "encrypted")
			e.restart(other...)
			amend(200, "given again after the keyset was lost")
			e.verified(0, "0 findings", other...)
		})
	}
}

// moved checks that a copy and, for SQLite, a backup hold the encrypted value, and that neither needs the keyset.
func (e *erasure) moved(key []string) {
	e.t.Helper()
	target := "sqlite:" + filepath.Join(e.dir, "copy.db")
	copied := &erasure{t: e.t, dir: e.dir, database: []string{"--database-url", target}}
	out, stderr, status := procedo(e.t, e.dir, "copy", "--from", e.database[1], "--to", target)
	require.Zero(e.t, status, out+stderr)
	require.Contains(e.t, out, "1 sensitive value is encrypted")
	require.NotContains(e.t, copied.verified(0, "0 findings", key...), "encrypted")
	if !strings.HasPrefix(e.database[1], "sqlite:") {
		return
	}
	back := &erasure{t: e.t, dir: e.dir, database: []string{"--database-url", "sqlite:" + filepath.Join(e.dir, "backup.db")}}
	for _, flags := range [][]string{nil, key} {
		args := append(append([]string{"backup", "--overwrite"}, e.database...), flags...)
		out, stderr, status = procedo(e.t, e.dir, append(args, "backup.db")...)
		require.Zero(e.t, status, out+stderr)
		require.Equal(e.t, flags == nil, strings.Contains(out, "1 sensitive value is encrypted"), out)
		require.NotContains(e.t, back.verified(0, "0 findings", key...), "encrypted")
	}
}

func TestAKeysetFileIsNotOverwrittenAndMustBePrivate(t *testing.T) {
	dir := t.TempDir()
	keygen(t, dir, "keys.json")
	path := filepath.Join(dir, "keys.json")
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode())
	before := contents(t, path)
	_, stderr, status := procedo(t, dir, "secrets", "keygen", "keys.json")
	require.Equal(t, 1, status)
	require.Contains(t, stderr, "exists")
	require.Equal(t, before, contents(t, path))

	require.NoError(t, os.Chmod(path, 0o644))
	for _, command := range [][]string{{"serve"}, {"config"}, {"secrets", "rotate"}, {"run", "p"}} {
		_, stderr, status = procedo(t, dir, append(command, "--secrets-key-file", "keys.json")...)
		require.Equal(t, 1, status, command)
		require.Contains(t, stderr, "mode 0644", command)
	}
	broken := write(t, dir, "broken.json", `{"primaryKeyId":1}`)
	require.NoError(t, os.Chmod(broken, 0o600))
	_, stderr, status = procedoIn(t, dir, "fr_FR.UTF-8", "serve", "--secrets-key-file", "broken.json")
	require.Equal(t, 1, status)
	require.Contains(t, stderr, "n’est pas un jeu de clés")
}
