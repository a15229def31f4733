package identity_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/identity"
	"github.com/procedo/procedo/core/access"
)

func digestOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

func tokenFile(t testing.TB, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "tokens.json")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	return file
}

func TestAnAPITokenNamesItsEntry(t *testing.T) {
	secret, digest := identity.NewSecret()
	file := tokenFile(t, fmt.Sprintf(`[
		{"name": "nightly", "sha256": %q, "roles": ["operator", "auditor"], "groups": ["qa"]},
		{"name": "bot-1", "sha256": %q, "agent": true, "roles": ["operator"], "not_after": "2030-01-01T00:00:00+01:00"},
		{"name": "bare", "sha256": %q, "roles": null, "groups": null, "not_after": null, "agent": null}
	]`, digest, strings.ToUpper(digestOf("an old secret")), digestOf("bare")))
	c := newClock()
	a := open(t, identity.Options{TokenFile: file, Now: c.Now})
	require.Equal(t, access.Principal{
		ID: "token:nightly", Via: access.ViaToken, Roles: access.RolesOf(access.Operator, access.Auditor),
		Groups: []string{"qa"},
	}, accept(t, a, secret))
	end := time.Date(2029, 12, 31, 23, 0, 0, 0, time.UTC)
	p := accept(t, a, "an old secret")
	require.True(t, end.Equal(p.Expires))
	require.Equal(t, "token:bot-1", p.ID)
	require.Equal(t, &access.Agent{Subject: "bot-1"}, p.Agent)
	require.Equal(t, access.Principal{ID: "token:bare", Via: access.ViaToken}, accept(t, a, "bare"))
	c.Add(end.Sub(c.Now()) - time.Second)
	accept(t, a, "an old secret")
	c.Add(time.Second)
	refuse(t, a, "an old secret")
	for _, other := range []string{"", "nightly", digest, secret + " ", secret[:len(secret)-1], strings.ToUpper(secret)} {
		refuse(t, a, other)
	}
}

func TestSecretsAreRandomAndCanBeRecognised(t *testing.T) {
	seen := map[string]bool{}
	for range 100 {
		secret, digest := identity.NewSecret()
		require.Regexp(t, `^procedo_[A-Za-z0-9_-]{43}$`, secret)
		require.Equal(t, digestOf(secret), digest)
		require.False(t, seen[secret])
		seen[secret] = true
	}
}

const goodDigest = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"

// badFiles are token files that are refused, by the reason.
var badFiles = map[string][]string{
	identity.BadFile: {
		``, ` `, `{}`, `null`, `7`, `[`, `[]x`, `[{"name":"a","name":"a","sha256":"` + goodDigest + `"}]`, "[\"\xff\"]",
		`{"tokens":[]}`, strings.Repeat("[", 100) + strings.Repeat("]", 100),
	},
	identity.BadEntry:      {`[7]`, `[null]`, `[[]]`, `["` + goodDigest + `"]`},
	identity.MissingMember: {`[{}]`, `[{"name":"a"}]`, `[{"sha256":"` + goodDigest + `"}]`},
	identity.UnknownMember: {
		entry(`"role":["operator"]`), entry(`"Roles":["operator"]`), entry(`"secret":"x"`), entry(`"":1`),
	},
	identity.BadMember: {
		`[{"name":"","sha256":"` + goodDigest + `"}]`, `[{"name":"a b","sha256":"` + goodDigest + `"}]`,
		`[{"name":"a:b","sha256":"` + goodDigest + `"}]`, `[{"name":7,"sha256":"` + goodDigest + `"}]`,
		`[{"name":null,"sha256":"` + goodDigest + `"}]`, `[{"name":"a\nb","sha256":"` + goodDigest + `"}]`,
		`[{"name":"` + strings.Repeat("a", 129) + `","sha256":"` + goodDigest + `"}]`,
		`[{"name":"a","sha256":""}]`, `[{"name":"a","sha256":"` + goodDigest[1:] + `"}]`,
		`[{"name":"a","sha256":"` + goodDigest[2:] + `"}]`, `[{"name":"a","sha256":"` + goodDigest + `00"}]`,
		`[{"name":"a","sha256":"` + goodDigest[2:] + `zz"}]`, `[{"name":"a","sha256":null}]`, `[{"name":"a","sha256":[]}]`,
		`[{"name":"a","sha256":"sha256:` + goodDigest + `"}]`,
		entry(`"roles":"operator"`), entry(`"roles":[7]`), entry(`"roles":{}`), entry(`"groups":"qa"`),
		entry(`"groups":["a\nb"]`), entry(`"groups":[""]`), entry(`"not_after":"2030-01-01"`), entry(`"not_after":7`),
		entry(`"not_after":"tomorrow"`), entry(`"agent":"true"`), entry(`"agent":1`),
	},
	identity.UnknownEntryRole: {entry(`"roles":["Operator"]`), entry(`"roles":["operator","root"]`)},
	identity.DuplicateName: {
		`[{"name":"a","sha256":"` + goodDigest + `"},{"name":"a","sha256":"` + digestOf("x") + `"}]`,
	},
	identity.DuplicateDigest: {
		`[{"name":"a","sha256":"` + goodDigest + `"},{"name":"b","sha256":"` + strings.ToUpper(goodDigest) + `"}]`,
	},
}

// entry returns a file with one entry that has a further member.
func entry(member string) string {
	return `[{"name":"a","sha256":"` + goodDigest + `",` + member + `}]`
}

func TestATokenFileIsReadStrictly(t *testing.T) {
	for reason, files := range badFiles {
		for _, text := range files {
			_, err := identity.New(identity.Options{TokenFile: tokenFile(t, text)})
			var bad *identity.Error
			require.ErrorAs(t, err, &bad, text)
			require.Equal(t, reason, bad.Reason, text)
		}
	}
	_, err := identity.New(identity.Options{TokenFile: filepath.Join(t.TempDir(), "none")})
	require.ErrorIs(t, err, os.ErrNotExist)
	large := "[" + strings.Repeat(" ", 5<<20) + "]"
	_, err = identity.New(identity.Options{TokenFile: tokenFile(t, large)})
	require.Error(t, err)
}

func TestABrokenFileAtReloadChangesNothing(t *testing.T) {
	first, second := digestOf("first"), digestOf("second")
	file := tokenFile(t, `[{"name":"one","sha256":"`+first+`"}]`)
	a := open(t, identity.Options{TokenFile: file})
	accept(t, a, "first")
	for _, files := range badFiles {
		for _, text := range files {
			require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
			require.Error(t, a.Reload())
			accept(t, a, "first")
		}
	}
	require.NoError(t, os.WriteFile(file, []byte(`[{"name":"two","sha256":"`+second+`"}]`), 0o600))
	require.NoError(t, a.Reload())
	accept(t, a, "second")
	refuse(t, a, "first") // a token that is taken away is refused at once
	require.NoError(t, os.Remove(file))
	require.Error(t, a.Reload())
	accept(t, a, "second")
	require.NoError(t, os.WriteFile(file, []byte(`[]`), 0o600))
	require.NoError(t, a.Reload())
	refuse(t, a, "second")
}

func TestAFileThatOthersCanWriteIsMentioned(t *testing.T) {
	for mode, warned := range map[os.FileMode]bool{0o600: false, 0o644: false, 0o620: true, 0o666: true} {
		file := tokenFile(t, `[]`)
		require.NoError(t, os.Chmod(file, mode))
		var log bytes.Buffer
		open(t, identity.Options{TokenFile: file, Log: slog.New(slog.NewTextHandler(&log, nil))})
		require.Equal(t, warned, strings.Contains(log.String(), "chmod 600"), mode)
	}
}
