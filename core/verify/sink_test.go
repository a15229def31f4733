package verify_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/verify"
)

// A sink receives events and checkpoints in the order of the feed, without leaves. The heads that a checkpoint covers
// are therefore computed from the lines before it.
func TestCheckpointsWithoutLeavesAreComparedWithTheLinesBeforeThem(t *testing.T) {
	fx, _, kept := newExport(t)
	records, err := fx.feed.Records(t.Context(), audit.Cursor{}, app.PageSize{Items: 100})
	require.NoError(t, err)
	received := make([]string, len(records.Items))
	for i, r := range records.Items {
		data, err := json.Marshal(r.Line())
		require.NoError(t, err)
		received[i] = string(data)
	}
	findings, counts := checkLines(t, verify.Trust{Kept: kept}, received...)
	require.Empty(t, findings)
	require.Equal(t, 2, counts.Checkpoints)
	require.Zero(t, counts.Unsigned)
	for missing, want := range []int{0, 2, 1, 0, 5, 4, 3, 2, 1, 0} {
		_, counts = checkLines(t, verify.Trust{}, received[:len(received)-missing]...)
		require.Equal(t, want, counts.Unsigned, "without the last %d lines", missing)
	}

	findings, _ = checkLines(t, verify.Trust{}, received[1:]...)
	require.Contains(t, findings, "checkpoint 1: the events before it do not match the root that was signed")

	first := slices.IndexFunc(received, func(line string) bool { return strings.HasPrefix(line, `{"checkpoint":1`) })
	findings, _ = checkLines(t, verify.Trust{}, received[first:]...)
	require.Contains(t, findings, "checkpoint 1: the events that it covers are missing")

	changed := strings.Replace(received[first], `\n5\n`, `\n6\n`, 1)
	findings, _ = checkLines(t, verify.Trust{}, append(slices.Clone(received), changed)...)
	require.Equal(t, []string{"checkpoint 1: it differs from an earlier line with the same number"}, findings)
}

func TestEventsMayBeRepeated(t *testing.T) {
	all, _, second := exportedEvents(t)
	for name, repeated := range map[string][]string{
		"all events of a run":             second,
		"all but the first":               second[1:],
		"the last":                        second[len(second)-1:],
		"the first two, then all of them": slices.Concat(second[:2], second),
	} {
		t.Run(name, func(t *testing.T) {
			findings, _ := checkLines(t, verify.Trust{}, slices.Concat(all, repeated)...)
			require.Empty(t, findings)
		})
	}
}

func TestChangedOrIncompleteRepetitionsYieldFindings(t *testing.T) {
	all, _, second := exportedEvents(t)
	changed := strings.ReplaceAll(second[1], "ann", "eve")
	for name, repeated := range map[string][]string{
		"only the first event":                       second[:1],
		"only a changed event":                       {changed},
		"a changed event among the others":           {second[0], changed, second[2], second[3]},
		"a gap":                                      {second[0], second[3]},
		"a changed event, then a gap, then the last": {changed, second[3]},
	} {
		t.Run(name, func(t *testing.T) {
			findings, _ := checkLines(t, verify.Trust{}, slices.Concat(all, repeated)...)
			require.NotEmpty(t, findings)
		})
	}
}

// A value that was erased must not come back in a repeated line, wherever that line stands.
func TestARepeatedEventMustNotDiscloseWhatWasErased(t *testing.T) {
	fx := newFixture(t)
	id := fx.startRun()
	export := func() (events []string) {
		var out lines
		require.NoError(t, fx.Export(t.Context(), &out))
		return slices.DeleteFunc(out.all, func(line string) bool { return !strings.Contains(line, id) })
	}
	_, err := fx.Execute(t.Context(), ann, id, draft(`"Ada"`))
	require.NoError(t, err)
	before := export()
	_, err = fx.Execute(t.Context(), ann, id, run.Erase{
		Places: []run.ErasePlace{{Step: "s", Slot: "a"}}, Reason: "Asked for",
	})
	require.NoError(t, err)
	after := export()
	end := len(after) - 1
	findings, counts := checkLines(t, verify.Trust{}, slices.Concat(after, after)...)
	require.Empty(t, findings)
	require.Equal(t, 1, counts.Erased)
	for name, all := range map[string][]string{
		"after the erasure":  slices.Concat(after, before, after[end:]),
		"before the erasure": slices.Concat(after[:end], before, after[end:]),
	} {
		findings, counts := checkLines(t, verify.Trust{}, all...)
		require.Len(t, findings, 1, name)
		require.Contains(t, findings[0], "the disclosure at /slots/a is still present, although it was erased", name)
		require.Zero(t, counts.Erased, name)
	}
}

// TestASinkKeepsWhatWasErasedLater: a sink has received the value before it was erased. This is a warning, so that
// somebody removes it there. In an export, which is read afterwards, it is a finding.
func TestASinkKeepsWhatWasErasedLater(t *testing.T) {
	fx := newFixture(t)
	id := fx.startRun()
	_, err := fx.Execute(t.Context(), ann, id, draft(`"Ada"`))
	require.NoError(t, err)
	var received []string
	var until audit.Cursor
	receive := func() {
		records, err := fx.feed.Records(t.Context(), until, app.PageSize{Items: 100})
		require.NoError(t, err)
		for _, r := range records.Items {
			data, err := json.Marshal(r.Line())
			require.NoError(t, err)
			received, until = append(received, string(data)), r.Cursor
		}
	}
	receive()
	_, err = fx.Execute(t.Context(), ann, id, run.Erase{
		Places: []run.ErasePlace{{Step: "s", Slot: "a"}}, Reason: "Asked for",
	})
	require.NoError(t, err)
	_, err = fx.MakeCheckpoints(t.Context(), []audit.Key{auditKey(t, "alice")}, "")
	require.NoError(t, err)
	receive()
	const text = "run .* event 4: the disclosure at /slots/a is still present, although it was erased"
	findings, _ := checkLines(t, verify.Trust{}, received...)
	require.Len(t, findings, 1)
	require.Regexp(t, "^warning: "+text, findings[0])
	findings, _ = checkLines(t, verify.Trust{}, received[:len(received)-1]...) // without the checkpoint
	require.Len(t, findings, 1)
	require.Regexp(t, "^"+text, findings[0])
}

func TestLinesOfAnExportMayBeRepeatedWithItsCheckpoints(t *testing.T) {
	_, all, kept := newExport(t)
	findings, counts := checkLines(t, verify.Trust{Kept: kept}, slices.Concat(all, all)...)
	require.Empty(t, findings)
	require.Equal(t, 2, counts.Checkpoints)
}
