package procedure_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/language"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/procedure"
)

func TestALanguageIsAWellFormedTagInAnyCase(t *testing.T) {
	for tag, isValid := range map[string]bool{
		// from RFC 5646, appendix A
		"de": true, "fr": true, "ja": true, "i-enochian": true, "zh-Hant": true, "sr-Latn-RS": true, "zh-cmn-Hans-CN": true,
		"zh-yue-HK": true, "sl-rozaj-biske": true, "de-CH-1901": true, "hy-Latn-IT-arevela": true, "es-419": true,
		"de-CH-x-phonebk": true, "x-whatever": true, "qaa-Qaaa-QM-x-southern": true, "en-US-u-islamcal": true,
		"zh-CN-a-myext-x-private": true, "en-a-myext-b-another": true,
		"de-419-DE": false, "a-DE": false, "ar-a-aaa-b-bbb-a-ccc": true, // this one is not valid, but well-formed
		// grandfathered tags, and case
		"art-lojban": true, "en-GB-oed": true, "sgn-BE-FR": true, "i-klingon": true, "I-KLINGON": true,
		"FR": true, "Fr-fr": true, "X-Whatever": true,
		// other forms that are common outside of BCP 47
		"fr_FR": false, "fr_fr": false, "zh_Hant-TW": false, "fr-FR.UTF-8": false, "fr-": false, "-fr": false, "fr--FR": false,
		"fr FR": false, " fr": false, "fr\n": false, "french language": false, "français": false, "\u212al": false, "123456789": false,
	} {
		want := []string{"/language language"}
		if isValid {
			want = []string{}
		}
		require.Equal(t, want, findings(t, inProcedure(`,"language":`+quoted(tag))), tag)
	}
}

func TestTranslationsInEachCaseOfATagAreFound(t *testing.T) {
	for _, c := range []struct{ document, language string }{
		{`{"name":"P","translations":{"fr":{"name":"N"}},"steps":[{"key":"s","title":"S","translations":{"FR":{"title":"É"}}}]}`, "fr"},
		{`{"name":"P","translations":{"FR":{"name":"N"}},"steps":[{"key":"s","title":"S","translations":{"fr":{"title":"É"}}}]}`, "FR"},
		{`{"name":"N","language":"fr","steps":[{"key":"s","title":"S","translations":{"FR":{"title":"É"}}}]}`, "fr"},
	} {
		d, issues := procedure.Read(t.Context(), parse(t, c.document), cel.Language{})
		require.Empty(t, issues.First, c.document)
		texts := d.In([]language.Tag{language.French})
		require.Equal(t, c.language, texts.Language())
		require.Equal(t, "N", texts.Name())
		require.Equal(t, "É", texts.Step(&d.Steps[0]))
	}
}

// Versions of earlier releases may have a malformed tag. They stay as they are, but no header shows such a tag.
func TestTheContentLanguageOfAStoredVersionIsAlwaysWellFormed(t *testing.T) {
	for stored, shown := range map[string]string{
		"": "", "fr": "fr", "FR": "FR", "fr-x-agence": "fr-x-agence", "fr_FR": "fr-FR", "zh_hant_tw": "zh-Hant-TW", "fr_": "fr",
		"not a tag": "", "fr\r\nX: y": "",
	} {
		document := `{"id":"p",` + member("language", stored) + `"name":"P","steps":[{"key":"s","title":"S"}]}`
		d, issues := procedure.ReadCanonical([]byte(document), cel.Language{})
		require.Empty(t, issues.First, stored)
		require.Equal(t, stored, d.Language)
		require.Equal(t, shown, d.In(nil).ContentLanguage(), stored)
	}
	d, issues := procedure.ReadCanonical([]byte(`{"id":"p","name":"P","steps":[{"key":"s","title":"S",`+
		`"translations":{"FR":{"title":"E"},"fr_CA":{"title":"É"},"fr":{"title":"E"}}}]}`), cel.Language{})
	require.Empty(t, issues.First)
	require.Len(t, d.Steps[0].Translations, 3, "the digest covers each spelling")
	texts := d.In([]language.Tag{language.CanadianFrench})
	require.Equal(t, "fr-CA", texts.ContentLanguage())
	require.Equal(t, "É", texts.Step(&d.Steps[0]))
}

func member(name, value string) string {
	if value == "" {
		return ""
	}
	return quoted(name) + ":" + quoted(value) + ","
}
