package verify_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/verify"
)

// verifyBundle reads and verifies the document of a bundle.
func verifyBundle(text string) (findings []string, err error) {
	b, err := verify.ReadBundle([]byte(text), inOnePart)
	if err != nil {
		return nil, err
	}
	b.Verify(cel.Language{}, verify.Options{}, func(f audit.Finding) { findings = append(findings, i18n.Accept("en").Finding(f)) })
	return findings, nil
}

// newBundle returns the bundle of a new run as JSON, and the fixture with the run. The events fill more than one page.
func newBundle(t *testing.T) (document string, fx *fixture) {
	t.Helper()
	fx = newFixture(t)
	id := fx.startRun()
	for i := range 510 {
		_, err := fx.Execute(t.Context(), ann, id, draft(fmt.Sprintf(`"%d"`, i)))
		require.NoError(t, err)
	}
	b, err := fx.Bundle(t.Context(), id)
	require.NoError(t, err)
	require.Len(t, b.Events, 513)
	raw, err := json.Marshal(b)
	require.NoError(t, err)
	return string(raw), fx
}

func TestUnchangedBundleAndDatabaseVerify(t *testing.T) {
	document, fx := newBundle(t)
	findings, err := verifyBundle(document)
	require.NoError(t, err)
	require.Empty(t, findings)
	counts, err := fx.All(t.Context(), verify.Options{}, func(f audit.Finding) { t.Errorf("%s", f) })
	require.NoError(t, err)
	require.Equal(t, verify.Counts{Procedures: 1, Runs: 1, Events: 514, Unsigned: 514}, counts)
}

func TestChangedBundleYieldsFindings(t *testing.T) {
	text, _ := newBundle(t)
	for name, changed := range map[string]string{
		"a value":               strings.ReplaceAll(text, `"17"`, `"71"`),
		"a value and its bytes": strings.ReplaceAll(strings.ReplaceAll(text, `"17"`, `"71"`), `\"17\"`, `\"71\"`),
		"the definition":        strings.Replace(text, `\"name\":\"P\"`, `\"name\":\"Q\"`, 1),
		"the procedure's id":    strings.Replace(text, `"procedure":{"id":"p"`, `"procedure":{"id":"q"`, 1),
		"the version":           strings.Replace(text, `"version":1`, `"version":2`, 1),
		"the run's id":          strings.Replace(text, `"run_id":"`, `"run_id":"x`, 1),
		"no events":             text[:strings.Index(text, `"events":[`)] + `"events":[]}`,
		"no definition":         strings.Replace(text, `"document":"{`, `"document":"[`, 1),
	} {
		t.Run(name, func(t *testing.T) {
			require.NotEqual(t, text, changed)
			findings, err := verifyBundle(changed)
			require.NoError(t, err)
			require.NotEmpty(t, findings)
		})
	}
}

// TestABundleCountsTheEventsThatItsCheckpointDoesNotCover: events that a checkpoint does not cover may be missing from
// a copy, or changed together with the hashes after them.
func TestABundleCountsTheEventsThatItsCheckpointDoesNotCover(t *testing.T) {
	fx := newFixture(t)
	id := fx.startRun() // two events
	_, err := fx.MakeCheckpoints(t.Context(), []audit.Key{auditKey(t, "alice")}, "")
	require.NoError(t, err)
	unsigned := func(change func(*verify.Bundle)) int {
		b, err := fx.Bundle(t.Context(), id)
		require.NoError(t, err)
		change(&b)
		return b.Verify(cel.Language{}, verify.Options{}, func(audit.Finding) {}).Unsigned
	}
	require.Zero(t, unsigned(func(*verify.Bundle) {}))
	for i := range 4 {
		_, err = fx.Execute(t.Context(), ann, id, draft(fmt.Sprintf(`"%d"`, i)))
		require.NoError(t, err)
	}
	require.Equal(t, 5, unsigned(func(*verify.Bundle) {}), "the first draft makes two")
	require.Equal(t, 7, unsigned(func(b *verify.Bundle) { b.Proof = nil }), "no checkpoint covers them")
	require.Equal(t, 7, unsigned(func(b *verify.Bundle) { b.Proof.Path[0] = strings.Repeat("0", 64) }), "a false proof")
	require.Equal(t, 1, unsigned(func(b *verify.Bundle) { b.Events = b.Events[:1] }), "of an event that is not there")
}

func TestReadBundleRejectsOtherDocuments(t *testing.T) {
	for name, document := range map[string]string{
		"empty object":   `{}`,
		"list":           `[]`,
		"another format": `{"format":"procedo-bundle/3"}`,
		"invalid event":  `{"format":"procedo-bundle/1","events":[{"id":"x"}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := verifyBundle(document)
			require.ErrorIs(t, err, verify.ErrBundle)
		})
	}
}

func TestAnEventThatCannotBeReadIsNamedByItsPlace(t *testing.T) {
	fx := newFixture(t)
	var out bytes.Buffer
	require.NoError(t, fx.WriteBundle(t.Context(), &out, fx.startRun()))
	_, err := verifyBundle(strings.Replace(out.String(), `"seq":2`, `"seq":true`, 1))
	require.ErrorIs(t, err, verify.ErrBundle)
	require.ErrorContains(t, err, "event 2")
}

// FuzzBundle checks that reading and verifying a bundle never panics.
func FuzzBundle(f *testing.F) {
	fx := newFixture(f)
	id := fx.startRun()
	_, err := fx.MakeCheckpoints(f.Context(), []audit.Key{auditKey(f, "alice")}, "")
	require.NoError(f, err)
	b, err := fx.Bundle(f.Context(), id)
	require.NoError(f, err)
	text, err := json.Marshal(b)
	require.NoError(f, err)
	f.Add(string(text))
	f.Add(`{"format":"procedo-bundle/1","run_id":"r","events":[],` +
		`"procedure":{"id":"p","version":1,"digest":"sha256:","document":"{}"}}`)
	f.Add(`{"format":"procedo-bundle/1","events":[{"id":"r/1","entity_id":"r","seq":1,` +
		`"occurred_at":"2026-11-23T09:00:00.000000Z","payload":{},"canonical":"{}"}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := verifyBundle(text); err != nil {
			require.ErrorIs(t, err, verify.ErrBundle)
		}
	})
}

func inOnePart(n int, do func(from, to int)) { do(0, n) }
