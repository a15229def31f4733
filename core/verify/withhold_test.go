package verify_test

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/commitment"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/encoding"
	"github.com/procedo/procedo/core/run/runtest"
	"github.com/procedo/procedo/core/verify"
)

// drawBundle draws the bundle of a random run.
func drawBundle(t *rapid.T) (verify.Bundle, *procedure.Version) {
	v := runtest.Version(cel.Language{}).Draw(t, "version")
	metadata := rapid.SampledFrom([][]byte{nil, []byte(`{"on":true}`), []byte(`{"n":2}`)}).Draw(t, "metadata")
	r, events := runtest.BeginWith(t, v, metadata)
	var secrets runtest.Secrets
	b := verify.Bundle{
		RunID: r.ID, Canonical: v.Canonical(),
		Version: procedure.VersionRecord{ID: v.ID, Version: v.Number, Digest: v.Digest, Meaning: v.Meaning},
	}
	head := audit.Head{}
	record := func(events []run.Event) {
		for _, e := range events {
			b.Events = append(b.Events, runtest.Sealed(t, r, head, e, secrets.Salt))
			head = b.Events[len(b.Events)-1].Head()
		}
	}
	record(events)
	for n := range rapid.IntRange(1, 15).Draw(t, "commands") {
		command := secrets.Add(r, runtest.Command(t, r))
		stamp := run.Stamp{By: access.Unproven("carol"), At: runtest.Epoch.Add(time.Duration(n+1) * time.Second)}
		d, err := run.Decide(context.Background(), r, command, stamp)
		if err != nil {
			if refused, ok := run.Refusal(r, command, err, stamp); ok {
				d.Events = []run.Event{refused}
			}
		}
		secrets.Keep(d)
		r, err = run.Fold(r, d.Events)
		require.NoError(t, err)
		record(d.Events)
	}
	return b, v
}

// readAgain encodes a bundle and returns the bundle that ReadBundle decodes from it.
func readAgain(t *rapid.T, b verify.Bundle) verify.Bundle {
	document, err := json.Marshal(b)
	require.NoError(t, err)
	read, err := verify.ReadBundle(document, func(n int, do func(from, to int)) { do(0, n) })
	require.NoError(t, err)
	return read
}

func requireNoFindings(t *rapid.T, b verify.Bundle, o verify.Options) verify.Counts {
	return b.Verify(cel.Language{}, o, func(f audit.Finding) { t.Fatalf("finding: %s", f) })
}

func sortPlaces(all []commitment.Place) {
	slices.SortFunc(all, func(a, b commitment.Place) int {
		return cmp.Or(cmp.Compare(a.Seq, b.Seq), strings.Compare(a.Pointer, b.Pointer))
	})
}

func TestABundleWithoutAnySubsetOfItsDisclosuresVerifiesAndNamesThem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, _ := drawBundle(t)
		require.Empty(t, requireNoFindings(t, readAgain(t, b), verify.Options{Rules: true}).Withheld)
		some := rapid.IntRange(1, 4).Draw(t, "one in")
		var removed []commitment.Place
		for i := range b.Events {
			all, err := audit.ParseDisclosures(b.Events[i].Disclosures)
			require.NoError(t, err)
			var places []string
			for _, d := range all {
				if rapid.IntRange(1, some).Draw(t, "remove") == 1 {
					places = append(places, d.Place)
					removed = append(removed, commitment.Place{Seq: b.Events[i].Seq, Pointer: d.Place})
				}
			}
			b.Events[i], err = b.Events[i].Without(places)
			require.NoError(t, err)
		}
		sortPlaces(removed)
		counts := requireNoFindings(t, readAgain(t, b), verify.Options{})
		require.Equal(t, removed, counts.Withheld)
		require.Zero(t, counts.Erased)
		b.Verify(cel.Language{}, verify.Options{Rules: true}, func(f audit.Finding) {
			require.True(t, f.Warning, i18n.Accept("en").Finding(f))
		})
	})
}

func TestABundleWithoutWhatWordsSelectVerifiesAndNamesIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, v := drawBundle(t)
		words := rapid.SliceOfN(rapid.SampledFrom(encoding.WithholdingWords(v)), 1, 3).Draw(t, "words")
		withheld, err := b.Withhold(v, words)
		require.NoError(t, err)
		counts := requireNoFindings(t, readAgain(t, withheld), verify.Options{})
		w, ok := encoding.NewWithholding(v, words)
		require.True(t, ok)
		var want []commitment.Place
		for i := range b.Events {
			places, kept := w.Places(&b.Events[i])
			require.Empty(t, kept)
			for _, p := range places {
				want = append(want, commitment.Place{Seq: b.Events[i].Seq, Pointer: p})
			}
			require.Equal(t, b.Events[i].Hash, withheld.Events[i].Hash)
		}
		sortPlaces(want)
		require.Equal(t, want, counts.Withheld)
		again, err := withheld.Withhold(v, words)
		require.NoError(t, err)
		require.Equal(t, withheld.Events, again.Events, "nothing is left to withhold")
		if slices.Contains(words, "slots") {
			for _, p := range disclosed(t, withheld) {
				require.NotContains(t, p, "/slots/")
				require.True(t, !strings.Contains(p, "/values/") || strings.Contains(p, "/values/run.metadata."), p)
			}
		}
	})
}

func disclosed(t *rapid.T, b verify.Bundle) (places []string) {
	for _, e := range b.Events {
		all, err := audit.ParseDisclosures(e.Disclosures)
		require.NoError(t, err)
		for _, d := range all {
			places = append(places, d.Place)
		}
	}
	return places
}

func TestAWithholdingCoversTheCopiesOfASlot(t *testing.T) {
	fx := newFixture(t)
	fx.save(`{"id":"p","name":"P","steps":[
		{"key":"s","title":"S","slots":[{"name":"a","type":"string"},{"name":"b","type":"string","required":false}]},
		{"key":"t","title":"T","when":"s.a != 'x' && run.metadata.?k.orValue('') != 'x'","skippable":true}]}`)
	metadata, err := jsondoc.Parse([]byte(`{"k":"meta"}`))
	require.NoError(t, err)
	r, err := fx.StartRun(t.Context(), ann, app.StartInput{
		ProcedureID: "p", Reference: "ref", UserID: "uid", Metadata: metadata,
	})
	require.NoError(t, err)
	for _, c := range []run.Command{
		run.Draft{Submission: submissionOf("s", `a="one"`)},
		run.Commit{Submission: submissionOf("s", `a="two" c="stray"`)},
		run.Commit{Submission: submissionOf("t", `a="three"`)},
		run.Skip{Step: "s", Reason: "refused reason"},
		run.Commit{Submission: submissionOf("s", `a="four" b="other"`)},
		run.Skip{Step: "t", Reason: "because"},
	} {
		_, _ = fx.Execute(t.Context(), ann, r.ID, c)
	}
	whole, err := fx.Bundle(t.Context(), r.ID)
	require.NoError(t, err)
	all := []string{
		`"one"`, `two`, `three`, `refused reason`, `"four"`, `"other"`, `"because"`, `"ref"`, `"uid"`, `"meta"`,
		`stray`,
	}
	for words, hidden := range map[string][]string{
		"":                     nil,
		"slots.s.a":            {`"one"`, `two`, `three`, `stray`, `"four"`}, // whole inputs are withheld, in any step
		"slots.s.b":            {`"other"`},
		"slots":                {`"one"`, `two`, `three`, `stray`, `"four"`, `"other"`},
		"inputs":               {`two`, `three`, `refused reason`, `stray`},
		"reasons":              {`refused reason`, `"because"`},
		"reference":            {`"ref"`},
		"user_id":              {`"uid"`},
		"metadata":             {`"meta"`},
		"reference user_id":    {`"ref"`, `"uid"`},
		"slots inputs reasons": append(all[:7:7], `stray`),
	} {
		t.Run(words, func(t *testing.T) {
			b, err := fx.Bundle(t.Context(), r.ID, strings.Fields(words)...)
			require.NoError(t, err)
			document, err := json.Marshal(b)
			require.NoError(t, err)
			text := strings.ReplaceAll(string(document), `\"`, `"`)
			for _, one := range all {
				require.Equal(t, !slices.Contains(hidden, one), strings.Contains(text, one), one)
			}
			b.Verify(cel.Language{}, verify.Options{}, func(f audit.Finding) { require.Fail(t, i18n.Accept("en").Finding(f)) })
		})
	}
	_, err = fx.Bundle(t.Context(), r.ID, "slots.s.nothing")
	require.True(t, fault.Is(err, fault.Malformed))
	require.Contains(t, fault.From(err).Issues[0].Params["allowed"], "slots.s.b")
	require.NotContains(t, whole.Events[0].Disclosures, "nothing")
}

// TestEventsFromWhichNothingCanBeWithheldAreNamed: those of version 1 of the hashed form show their values in the text
// that is hashed.
func TestEventsFromWhichNothingCanBeWithheldAreNamed(t *testing.T) {
	fx := newFixture(t)
	id := fx.startRun()
	b, err := fx.Bundle(t.Context(), id)
	require.NoError(t, err)
	version, err := procedure.Compile(b.Version, b.Canonical, cel.Language{})
	require.NoError(t, err)
	w, err := verify.NewWithholding(version, []string{"slots"})
	require.NoError(t, err)
	require.NoError(t, w.Err())
	for i := range int64(fault.MaxIssues + 10) {
		e, err := audit.Seal(audit.Run(id), audit.Head{Seq: i, Hash: audit.Genesis}, audit.Entry{
			Action: "step.draft_saved", Payload: []byte(`{"slots":{"a":"x"},"step":"s"}`),
		})
		require.NoError(t, err)
		e.Canonical = strings.Replace(e.Canonical, `"v":2`, `"v":1`, 1)
		same, err := w.Apply(e)
		require.NoError(t, err)
		require.Equal(t, e, same)
	}
	var refused *fault.Error
	require.ErrorAs(t, w.Err(), &refused)
	require.Equal(t, "run.older_events", refused.Code)
	named := refused.Params["events"].([]int64)
	require.Len(t, named, fault.MaxIssues)
	require.Equal(t, int64(1), named[0])
}
