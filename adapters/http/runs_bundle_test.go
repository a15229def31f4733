package http_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/verify"
)

func TestABundleDoesNotShowWhatIsWithheld(t *testing.T) {
	srv := newTestServer(t)
	path := srv.startTyped()
	for query, hidden := range map[string][]string{
		"":                                     nil,
		"withhold=slots":                       {"slot", "refused"},
		"withhold=slots.first.name":            {"slot", "refused"},
		"withhold=slots.second.note":           nil,
		"withhold=slots.first.secret":          nil,
		"withhold=inputs":                      {"refused"},
		"withhold=reasons":                     {"skip", "failure"},
		"withhold=reference":                   {"reference"},
		"withhold=user_id":                     {"user_id"},
		"withhold=metadata":                    {"metadata"},
		"withhold=metadata&withhold=user_id":   {"metadata", "user_id"},
		"withhold=reference&withhold=metadata": {"reference", "metadata"},
	} {
		t.Run(query, func(t *testing.T) {
			srv := srv.with(t)
			got := srv.call("GET", path+"/bundle?"+query, "")
			require.Equal(t, 200, got.status, "%s", got.raw)
			for name, text := range typedTexts {
				isHidden := name == "secret" || slices.Contains(hidden, name)
				require.Equal(t, !isHidden, strings.Contains(string(got.raw), text), "%s: %q", name, text)
			}
			b, err := verify.ReadBundle(got.raw, func(n int, do func(from, to int)) { do(0, n) })
			require.NoError(t, err)
			counts := b.Verify(cel.Language{}, verify.Options{}, func(f audit.Finding) {
				require.Fail(t, "finding", f.String())
			})
			require.Equal(t, len(hidden) > 0, len(counts.Withheld) > 0, "%v", counts.Withheld)
		})
	}
	require.Equal(t, 200, srv.call("GET", path+"/bundle", "").status, "nothing is removed from the trail")
	require.Contains(t, srv.everything(path), typedTexts["slot"])
}

func TestUnknownWordsOfAWithholding(t *testing.T) {
	srv := newTestServer(t)
	path := srv.startTyped()
	allowed := "slots, inputs, reasons, reference, user_id, metadata, slots.first.name, slots.first.secret, slots.second.note"
	for language, want := range map[string]string{
		"en": "This must consist of words from this list: " + allowed + ".",
		"fr": "Valeurs possibles\u00a0: " + allowed + ".",
	} {
		for _, word := range []string{"names", "", "slots.first", "slots.first.nothing", "SLOTS"} {
			got := srv.call("GET", fmt.Sprintf("%s/bundle?withhold=slots&withhold=%s", path, word), "",
				"Accept-Language", language)
			require.Equal(t, 400, got.status, "%s", got.raw)
			require.Equal(t, []string{"query.withhold request.withhold"}, got.codes(), word)
			require.Equal(t, want, got.body.objects("issues")[0]["message"])
		}
	}
	require.Equal(t, 404, srv.call("GET", "/runs/none/bundle?withhold=slots", "").status)
}
