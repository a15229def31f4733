package procedure_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/language"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/procedure"
)

func TestTheLanguageOfADefinitionIsTheBestOfItsOwnAndItsTranslations(t *testing.T) {
	for _, c := range []struct{ members, wanted, want string }{
		{``, "fr", ""},
		{`,"language":"fr"`, "en", "fr"},
		{`,"language":"fr"`, "", "fr"},
		{`,"translations":{"de":{"name":"V"},"en":{"name":"P"}}`, "en", "en"},
		{`,"translations":{"de":{"name":"V"},"en":{"name":"P"}}`, "de-CH", "de"},
		{`,"translations":{"de":{"name":"V"},"en":{"name":"P"}}`, "ja", ""},
		{`,"language":"fr","translations":{"de":{"name":"V"},"en":{"name":"P"}}`, "en-GB", "en"},
		{`,"language":"fr","translations":{"de":{"name":"V"},"en":{"name":"P"}}`, "fr-CA", "fr"},
		{`,"language":"fr","translations":{"de":{"name":"V"},"en":{"name":"P"}}`, "ja,de", "de"},
		{`,"language":"fr","translations":{"de":{"name":"V"},"en":{"name":"P"}}`, "fr,de", "fr"},
		{`,"language":"fr","translations":{"de":{"name":"V"},"en":{"name":"P"}}`, "ja", "fr"},
		{`,"language":"de","translations":{"de":{"name":"V"},"en":{"name":"P"}}`, "de", "de"},
	} {
		d, issues := procedure.Read(t.Context(), parse(t, inProcedure(c.members)), cel.Language{})
		require.Empty(t, issues.First, c.members)
		wanted, _, err := language.ParseAcceptLanguage(c.wanted)
		require.NoError(t, err)
		require.Equal(t, c.want, d.In(wanted).Language(), "%s in %q", c.members, c.wanted)
	}
}
