package e2e

import (
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/tests/issuer"
)

// securityGuides are the files of the guide to security, by language.
var securityGuides = map[string]string{"en": "../../docs/security.md", "fr": "../../docs/security.fr.md"}

// shownIssuer is the URL of the issuer in the guide to security. The test replaces it with that of its own issuer.
const shownIssuer = "https://login.example.com/realms/bank"

// TestSecurityGuideCommandsPrintWhatIsShown runs the commands of the guide to security. An issuer of the test, whose
// tokens look like those of Keycloak, stands in for the one of the guide. The commands start and stop the service.
func TestSecurityGuideCommandsPrintWhatIsShown(t *testing.T) {
	for language, page := range securityGuides {
		t.Run(language, func(t *testing.T) {
			dir, address, idp := t.TempDir(), freeAddress(t), issuer.New(t)
			t.Setenv("PROCEDO_LISTEN", address) // in place of the default, which may be in use
			t.Cleanup(func() { stopStarted(t, filepath.Join(dir, "procedo.pid")) })
			header := idp.Header(issuer.Claims{"typ": "JWT"})
			claire := idp.Claims(issuer.Fixtures["Keycloak"].Claims.With(issuer.Claims{
				"sub": "7d2f4c1e", "name": "Claire Martin", "aud": []string{"procedo", "account"},
				"realm_access": issuer.Claims{"roles": []string{"default-roles-bank", "operator"}}, "groups": nil,
			}))
			write(t, dir, "claire.token", idp.Signed(header, claire))
			act := issuer.Claims{"sub": "assistant", "name": "Branch assistant"}
			write(t, dir, "assistant.token", idp.Signed(header, claire.With(issuer.Claims{"act": act})))
			runPageWith(t, page, language, dir, map[string]string{
				shownIssuer: idp.URL, shownServer[len("http://"):]: address,
			})
		})
	}
	commands := func(page string) []string {
		return regexp.MustCompile(`(?m)^\$ .*$`).FindAllString(string(contents(t, page)), -1)
	}
	require.Equal(t, commands(securityGuides["en"]), commands(securityGuides["fr"]))
}
