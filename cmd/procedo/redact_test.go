package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/procedo/procedo/adapters/auditsink"
	"github.com/procedo/procedo/core/audit"
)

func TestAddressesWithoutSecretsAreShownAsTheyAre(t *testing.T) {
	for _, address := range []string{
		"", "sqlite:procedo.db", "sqlite:///var/lib/a b@c/p.db", "sqlite:é.db", "memory:", "memory:?megabytes=64", "none:",
		"postgres://h", "postgres://u@h/d", "postgresql://u@h:5432/d?sslmode=verify-full&sslrootcert=/etc/ca.pem",
		"postgres://u@a:1,b:2/d?pool_max_conns=20&options=-c%20search_path%3Dx", "postgres:///d?host=/run/postgresql",
		"postgres://%2Frun%2Fpostgresql/d", "postgres://u@[::1]:5432/d", "valkey://h:6379/1", "valkeys://a:1,b:2",
		"https://witness.example.com/prefix/", "http://127.0.0.1:4318/v1/traces",
	} {
		require.Equal(t, address, redacted(address))
	}
}

func TestAddressesAreShownWithoutTheirPasswords(t *testing.T) {
	for address, want := range map[string]string{
		"postgres://svc:2026#Winter@127.0.0.1:18233/live":  "postgres://svc:xxxxx@127.0.0.1:18233/live",
		"postgres://svc:?Winter@127.0.0.1:18233/live":      "postgres://svc:xxxxx@127.0.0.1:18233/live",
		"postgres://u:a@b@h/d":                             "postgres://u:xxxxx@h/d",
		"postgres://u:a/b@h/d":                             "postgres://…",
		"postgres://u:geheim":                              "postgres://…",
		"postgres://u:?x&sslmode=no/Winter/":               "postgres://…",
		"postgres://h/d?sslmode=disable&password=x&role=y": "postgres://h/d?sslmode=disable&…",
		"postgres://h/d?pass%77ord=x":                      "postgres://h/d?…",
		"postgres:host=h password=geheim":                  "postgres:…",
		"host=h user=u password=geheim":                    "…",
		"u:geheim@h":                                       "…",
		"valkey://u:12#geheim@h":                           "valkey://u:xxxxx@h",
		"valkey://u:?geheim@h:1":                           "valkey://u:xxxxx@h:1",
		"valkey://:#geheim@h":                              "valkey://:xxxxx@h",
		"valkey://geheim@h":                                "valkey://xxxxx@h",
		"https://u:geheim@h/x?token=geheim":                "https://u:xxxxx@h/x?…",
		"https://h/x?a=b&key=c":                            "https://h/x?a=b&…",
		"https://h/x?s3cr3tWebhook99":                      "https://h/x?…",
		"https://w/x?c2VjcmV0dG9r=":                        "https://w/x?…",
		"valkey://h/0?Winter2026":                          "valkey://h/0?…",
		"postgres://svc:12?Winter":                         "postgres://svc:12?…",
		"sqlite:postgres://u:geheim@h/d":                   "sqlite:…",
		"sqlite:u:geheim@h/d":                              "sqlite:…",
		"svc://u:geheim@h":                                 "svc://xxxxx@h",
		"https://h/x#geheim":                               "https://…",
		"memory:geheim":                                    "memory:…",
		"sqlite:password=geheim":                           "sqlite:…",
		"sqlite://u:geheim@h/d":                            "sqlite:…",
	} {
		require.Equal(t, want, redacted(address), address)
	}
}

// passwords generates passwords: words that nothing else in an address has, with characters between them that end a
// password for one driver or another.
func passwords() *rapid.Generator[[]string] {
	words := rapid.SampledFrom([]string{"Winter", "2026", "geheim", "é%x", "x&sslmode=no", "db=9"})
	marks := rapid.SampledFrom(strings.Split(`#|?|/|@|:|&|=|%|+| |,|;|[|]|\|'|"|//|://|`, "|"))
	return rapid.Custom(func(t *rapid.T) (parts []string) {
		for range rapid.IntRange(1, 4).Draw(t, "parts") {
			parts = append(parts, marks.Draw(t, "mark"), words.Draw(t, "word"))
		}
		return append(parts, marks.Draw(t, "mark"))
	})
}

// placesOfPasswords are addresses and entries with a password in place of %s.
var placesOfPasswords = []string{
	"postgres://svc:%s@h/live", "postgres://svc:%s@h:5433/live?sslmode=disable", "postgresql://:%s@h", "postgres://u:%s@a,b/d",
	"postgres://h/live?password=%s", "postgres://u@h/d?sslmode=no&sslpassword=%s", "postgres:host=h password=%s",
	"host=h user=u password=%s", "host=h user=u password='%s'", "valkey://u:%s@h", "valkeys://:%s@h:1/0", "redis://u:%s@h",
	"valkey://h?password=%s", "https://u:%s@h/x", "https://h/x?token=%s", "https://h/x?a=b&token=%s", "svc:%s@h",
	"a=https://u:%s@h/", "syslog+tcp://u:%s@h", "http://h?key=%s", "mysql://u:%s@h/d", "memory:?password=%s",
	"https://h/x#%s", "https://h/x?%s",
}

func TestAnEntryWhoseNameSaysThatItIsASecretIsNotShown(t *testing.T) {
	for _, entry := range []string{"password=Winter://2026", "password=Winter://2026 host=h", "token=a@b", "key=x"} {
		name, _, _ := strings.Cut(entry, "=")
		require.Equal(t, name+"=…", redactedEntry(entry))
	}
}

func TestNoPasswordIsShown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := passwords().Draw(t, "password")
		place := rapid.SampledFrom(placesOfPasswords).Draw(t, "place")
		address := fmt.Sprintf(place, strings.Join(parts, ""))
		fixed := fmt.Sprintf(place, "")
		all := []string{redacted(address), redactedEntry(address)}
		if !strings.Contains(strings.Join(parts, ""), "/") { // which ends the host of every URL
			name, _, _ := strings.Cut(auditsink.Name(strings.TrimPrefix(address, "a=")), "/#") // without its fingerprint
			all = append(all, name)
		}
		for _, shown := range all {
			shown = strings.ReplaceAll(shown, hiddenPassword, "")
			for i, part := range parts { // every second part is a mark
				if isWord := i%2 == 1; isWord && !strings.Contains(fixed, part) {
					require.NotContains(t, shown, part, address)
				}
			}
		}
	})
}

func TestNoCommandShowsTheSecretOfASetting(t *testing.T) {
	const word = "Gehe1m"
	private, _, err := audit.GenerateKey(bytes.NewReader(bytes.Repeat([]byte{9}, 64)), "k")
	require.NoError(t, err)
	key := writeFile(t, "key", private+"\n")
	secretPart := private[strings.LastIndex(private, "+")+1:]
	t.Chdir(t.TempDir())
	var lines [][]string
	for _, address := range []string{
		"postgres://svc:12#" + word + "@127.0.0.1:1/live", "postgres://svc:12/" + word + "@127.0.0.1:1/live",
		"postgres://svc:12?" + word + "@127.0.0.1:1/live", "postgres://svc:12@" + word + "@127.0.0.1:1/live",
		"postgres://svc:12?" + word + "/x@127.0.0.1:1/live", "postgres://svc:" + word + "/x@127.0.0.1:1/live",
		"host=127.0.0.1 port=1 user=u password=" + word, "postgres:host=127.0.0.1 port=1 password=" + word,
		"postgres://u:%zz" + word + "@127.0.0.1:1/d",
	} {
		lines = append(lines, []string{"config", "--database-url", address}, []string{"list", "--database-url", address},
			[]string{"copy", address, "sqlite:x.db"}, []string{"backup", "--database-url", address, "x"},
			[]string{"serve", "--listen=127.0.0.1:0", "--database-url", address})
	}
	for _, address := range []string{
		"valkey://u:12#" + word + "@h", "valkey://u:?" + word + "@h:1", "valkey://:#" + word + "@h", "valkey://u:12/" + word + "@h",
		"memory:" + word, "none:" + word, word, "valkey://h/" + word,
	} {
		lines = append(lines, []string{"serve", "--listen=127.0.0.1:0", "--cache-url", address})
	}
	for _, args := range [][]string{
		{"--witness", "https://u:" + word + "@h/x?token=" + word}, {"--witness", "https://u:12/" + word + "@h/x"},
		{"--oidc-audience=a", "--oidc-issuer", "a=https://u:" + word + "@h/"},
		{"--oidc-audience=a", "--oidc-issuer", "https://u:" + word + "@h/?a=b"},
		{"--oidc-audience=a", "--oidc-issuer", "a=https://u:12#" + word + "@h/"},
		{"--oidc-client-id=x", "--oidc-audience=a", "--oidc-issuer=a=https://h", "--public-url", "https://u:" + word + "@h/"},
		{"--witness-key", private}, {"--audit-key-file", private}, {"--audit-origin", private},
		{"--audit-sink", "syslog+tcp://u:12#" + word + "@h"}, {"--audit-sink", "syslog+tcp://u:12?" + word + "@h"},
		{"postgres://u:" + word + "@h/d"},
	} {
		args = append([]string{"--audit-key-file=" + key}, args...)
		lines = append(lines, append([]string{"config"}, args...), append([]string{"serve", "--listen=127.0.0.1:0"}, args...))
	}
	lines = append(lines, []string{"audit", "verify", "--key", private}, []string{"audit", "verify", "--witness-key", private},
		[]string{"list", "--server", "http://u:12#" + word + "@h"}, []string{"list", "--server", "http://u:1/" + word + "@h"})
	for _, language := range []string{"C", "fr_FR"} {
		t.Setenv("LC_ALL", language)
		for _, args := range lines {
			var out bytes.Buffer
			m := Main{Stdout: &out, Stderr: &out}
			if status := m.Run(t.Context(), args); args[0] != "config" {
				require.NotZero(t, status, args)
			}
			require.NotEmpty(t, out.String())
			for _, secret := range []string{word, secretPart} {
				require.NotContains(t, out.String(), secret, args)
			}
		}
	}
}

func TestAnAddressThatIsNotOneOfAServerIsNotCalled(t *testing.T) {
	for address, shown := range map[string]string{
		"localhost:8080": "…", "ftp://x": "ftp://x", "http://": "http://", "https://h/?a": "https://h/?a", "h#geheim": "…",
	} {
		for _, command := range [][]string{{"list", "--server", address}, {"mcp", "--server", address}} {
			status, out := inEnglish(t, command...)
			require.Equal(t, 1, status, out)
			require.Contains(t, out, "--server "+shown+": expected an address such as https://procedo.example.com")
		}
	}
}
