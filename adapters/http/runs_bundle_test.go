package http_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
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
				require.Fail(t, "finding", i18n.Accept("en").Finding(f))
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
	allowed := "slots, inputs, reasons, reference, user_id, metadata, names, slots.first.name, slots.first.secret, slots.second.note"
	for language, want := range map[string]string{
		"en": "This must consist of words from this list: " + allowed + ".",
		"fr": "Valeurs possibles\u00a0: " + allowed + ".",
	} {
		for _, word := range []string{"words", "", "slots.first", "slots.first.nothing", "SLOTS"} {
			got := srv.call("GET", fmt.Sprintf("%s/bundle?withhold=slots&withhold=%s", path, word), "",
				"Accept-Language", language)
			require.Equal(t, 400, got.status, "%s", got.raw)
			require.Equal(t, []string{"query.withhold request.withhold"}, got.codes(), word)
			require.Equal(t, want, got.body.objects("issues")[0]["message"])
		}
	}
	require.Equal(t, 404, srv.call("GET", "/runs/none/bundle?withhold=slots", "").status)
}

// failingTrail fails when it reads events after a seq.
type failingTrail struct {
	app.Trail
	after int64
}

func (f failingTrail) Events(
	ctx context.Context, of audit.Entity, after int64, size app.PageSize,
) (app.Page[audit.Event], error) {
	if after >= f.after {
		return app.Page[audit.Event]{}, fault.New(fault.Unavailable, "service.unavailable", nil)
	}
	return f.Trail.Events(ctx, of, after, size)
}

// longRun starts a run with n events of 100 KB.
func (srv *testServer) longRun(n int) (path string) {
	srv.t.Helper()
	srv.call("POST", "/procedures", `{"id":"long","name":"L","steps":[{"key":"s","title":"S","slots":[
		{"name":"a","type":"text"}]}]}`)
	path = "/runs/" + srv.call("POST", "/runs", `{"procedure_id":"long"}`).body.text("id")
	for i := range n {
		r := srv.call("PATCH", path+"/steps/s", fmt.Sprintf(`{"slots":{"a":"%d%s"}}`, i, strings.Repeat("x", 100_000)))
		require.Equal(srv.t, 200, r.status, "%s", r.raw)
	}
	return path
}

func TestABundleThatCannotBeReadToTheEndIsCutOff(t *testing.T) {
	broken := &failingTrail{after: 1 << 60}
	srv := newTestServerWith(t, func(p *app.Ports) {
		broken.Trail = p.Trail
		p.Trail = broken
	})
	path := srv.longRun(20)
	whole := srv.call("GET", path+"/bundle", "")
	require.Equal(t, 200, whole.status)
	require.Greater(t, len(whole.raw), 20*100_000)
	for after := range int64(20) {
		broken.after = after
		res, err := http.Get(srv.base + path + "/bundle")
		require.NoError(t, err)
		raw, err := io.ReadAll(res.Body)
		require.NoError(t, res.Body.Close())
		switch {
		case after == 0: // nothing was sent yet
			require.Equal(t, 503, res.StatusCode)
			require.NoError(t, err)
		case err != nil:
			require.Equal(t, 200, res.StatusCode)
			require.ErrorIs(t, err, io.ErrUnexpectedEOF)
			require.Less(t, len(raw), len(whole.raw))
		default:
			require.Equal(t, whole.raw, raw)
		}
	}
}

func TestHEADOfABundleHasTheHeaderOfGET(t *testing.T) {
	srv := newTestServer(t)
	for _, path := range []string{srv.longRun(0), srv.longRun(5)} {
		get, head := srv.call("GET", path+"/bundle", ""), srv.call("HEAD", path+"/bundle", "")
		require.Equal(t, 200, head.status)
		require.Empty(t, head.raw)
		for _, name := range []string{"Content-Type", "Content-Length", "Cache-Control"} {
			require.Equal(t, get.header.Get(name), head.header.Get(name), name)
		}
	}
	require.Equal(t, 404, srv.call("HEAD", "/runs/none/bundle", "").status)
}
