package verify_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/verify"
)

func verifyBundle(text string) (findings []string, err error) {
	b, err := verify.ReadBundle([]byte(text), inOnePart)
	if err != nil {
		return nil, err
	}
	b.Verify(cel.Language{}, verify.Options{}, func(f audit.Finding) { findings = append(findings, f.String()) })
	return findings, nil
}

func TestABundleHoldsTheWholeTrailAndIsCheckedByItself(t *testing.T) {
	w := newWorld(t)
	id := w.started()
	for i := range 510 { // more than one page of events
		_, err := w.Execute(t.Context(), ann, id, draft(fmt.Sprintf(`"%d"`, i)))
		require.NoError(t, err)
	}
	b, err := w.Bundle(t.Context(), id)
	require.NoError(t, err)
	require.Len(t, b.Events, 513)
	raw, err := json.Marshal(b)
	require.NoError(t, err)
	text := string(raw)
	findings, err := verifyBundle(text)
	require.NoError(t, err)
	require.Empty(t, findings)

	done, err := w.All(t.Context(), verify.Options{}, func(f audit.Finding) { t.Errorf("%s", f) })
	require.NoError(t, err)
	require.Equal(t, 514, done.Events)

	for what, forged := range map[string]string{
		"a value":               strings.ReplaceAll(text, `"17"`, `"71"`),
		"a value and its bytes": strings.ReplaceAll(strings.ReplaceAll(text, `"17"`, `"71"`), `\"17\"`, `\"71\"`),
		"the definition":        strings.Replace(text, `\"name\":\"P\"`, `\"name\":\"Q\"`, 1),
		"the procedure's id":    strings.Replace(text, `"procedure":{"id":"p"`, `"procedure":{"id":"q"`, 1),
		"the version":           strings.Replace(text, `"version":1`, `"version":2`, 1),
		"the run's id":          strings.Replace(text, `"run_id":"`, `"run_id":"x`, 1),
		"no events":             text[:strings.Index(text, `"events":[`)] + `"events":[]}`,
		"no definition":         strings.Replace(text, `"document":"{`, `"document":"[`, 1),
	} {
		require.NotEqual(t, text, forged, what)
		findings, err := verifyBundle(forged)
		require.NoError(t, err, what)
		require.NotEmpty(t, findings, what)
	}
	for _, junk := range []string{`{}`, `[]`, `{"format":"procedo-bundle/2"}`, `{"format":"procedo-bundle/1","events":[{"id":"x"}]}`} {
		_, err := verifyBundle(junk)
		require.ErrorIs(t, err, verify.ErrBundle, junk)
	}
}

// FuzzBundle: nothing that is handed in as a bundle makes the verifier fall over.
func FuzzBundle(f *testing.F) {
	w := newWorld(f)
	id := w.started()
	_, err := w.MakeCheckpoints(f.Context(), []audit.Key{auditKey(f, "alice")})
	require.NoError(f, err)
	whole, err := w.Bundle(f.Context(), id)
	require.NoError(f, err)
	text, err := json.Marshal(whole)
	require.NoError(f, err)
	f.Add(string(text))
	f.Add(
		`{"format":"procedo-bundle/1","run_id":"r","procedure":{"id":"p","version":1,"digest":"sha256:","document":"{}"},"events":[]}`,
	)
	f.Add(
		`{"format":"procedo-bundle/1","events":[{"id":"r/1","entity_id":"r","seq":1,"occurred_at":"2026-11-23T09:00:00.000000Z","payload":{},"canonical":"{}"}]}`,
	)
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := verifyBundle(text); err != nil {
			require.ErrorIs(t, err, verify.ErrBundle)
		}
	})
}

func inOnePart(n int, do func(from, to int)) { do(0, n) }
