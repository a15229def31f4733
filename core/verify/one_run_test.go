package verify_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/app/apptest"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/verify"
)

// forgingTrails are trails in which the events of one entity are changed as they are read.
type forgingTrails struct {
	verify.Trails
	of    audit.Entity
	forge func(*audit.Event)
}

func (f forgingTrails) EventsIn(ctx context.Context, r audit.Range, fn func(*audit.Event) error) error {
	return f.Trails.EventsIn(ctx, r, func(e *audit.Event) error {
		forged := *e
		if e.Entity == f.of {
			f.forge(&forged)
		}
		return fn(&forged)
	})
}

// forgedFixture returns a fixture with three runs, and a verifier for which the trail of the second one is forged.
func forgedFixture(t *testing.T, forge func(*audit.Event)) (fx *fixture, ids []string, ports verify.Ports) {
	fx = newFixture(t)
	for range 3 {
		ids = append(ids, fx.startRun())
		for i := range 20 {
			_, err := fx.Execute(t.Context(), ann, ids[len(ids)-1], draft(fmt.Sprintf(`"%d"`, i)))
			require.NoError(t, err)
		}
	}
	ports = fx.storage.Verify
	ports.Trails = forgingTrails{ports.Trails, audit.Run(ids[1]), forge}
	return fx, ids, ports
}

// The verification of one run finds what that of the whole database finds about this run, and nothing else.
func TestVerificationOfOneRunFindsWhatThatOfAllFindsAboutIt(t *testing.T) {
	for name, forge := range map[string]func(*audit.Event){
		"nothing":     func(*audit.Event) {},
		"a value":     func(e *audit.Event) { e.Disclosures = strings.ReplaceAll(e.Disclosures, `"7"`, `"8"`) },
		"every actor": func(e *audit.Event) { e.Actor = "mallory" },
		"the order":   func(e *audit.Event) { e.Seq += e.Seq % 2 },
	} {
		t.Run(name, func(t *testing.T) {
			_, ids, ports := forgedFixture(t, forge)
			v := verify.New(ports)
			all := map[audit.Entity][]audit.Finding{}
			_, err := v.All(t.Context(), verify.Options{}, func(f audit.Finding) { all[f.Entity] = append(all[f.Entity], f) })
			require.NoError(t, err)
			require.Equal(t, name == "nothing", len(all[audit.Run(ids[1])]) == 0)
			for _, id := range ids {
				var found []audit.Finding
				counts, err := v.Run(t.Context(), id, verify.Options{}, func(f audit.Finding) { found = append(found, f) })
				require.NoError(t, err)
				require.Equal(t, verify.Counts{Runs: 1, Events: 23, Unsigned: 23}, counts)
				about := slices.DeleteFunc(all[audit.Run(id)], func(f audit.Finding) bool {
					return strings.Contains(f.Problem.Code, "feed") // which only the whole can be compared with
				})
				require.Equal(t, about, found)
			}
		})
	}
}

func TestVerificationOfOneRunIsBounded(t *testing.T) {
	_, ids, ports := forgedFixture(t, func(e *audit.Event) { e.Actor = "mallory" })
	v, progress := verify.New(ports), 0
	var found []audit.Finding
	report := func(f audit.Finding) { found = append(found, f) }
	counts, err := v.Run(t.Context(), ids[1], verify.Options{
		MaxFindings: 5, Progress: func(*audit.Event) { progress++ },
	}, report)
	require.NoError(t, err)
	require.Len(t, found, 5)
	require.Equal(t, 23-5, counts.Unlisted)
	require.Equal(t, 2*23, progress, "a range with findings is checked twice")
	counts, err = v.Run(t.Context(), "0198c0de-0000-7000-8000-000000000000", verify.Options{}, report)
	require.NoError(t, err)
	require.Zero(t, counts)
	counts, err = v.Run(t.Context(), "no id", verify.Options{}, report)
	require.NoError(t, err)
	require.Zero(t, counts)
}

// What was recorded after the latest checkpoint is not covered by a signature.
func TestVerifyRunSaysWhatNoSignatureCovers(t *testing.T) {
	fx := newFixture(t)
	id := fx.startRun()
	verified := func() app.RunVerification {
		v, err := fx.VerifyRun(t.Context(), id, func() {})
		require.NoError(t, err)
		require.Empty(t, v.Findings)
		return v
	}
	v := verified()
	require.Nil(t, v.Signed)
	require.EqualValues(t, 2, v.Uncovered())

	_, err := fx.MakeCheckpoints(t.Context(), []audit.Key{auditKey(t, "alice")}, "")
	require.NoError(t, err)
	v = verified()
	require.EqualValues(t, 1, v.Signed.Checkpoint.Number)
	require.EqualValues(t, 2, v.Signed.Seq)
	require.Zero(t, v.Uncovered())

	_, err = fx.Execute(t.Context(), ann, id, draft(`"1"`))
	require.NoError(t, err)
	v = verified()
	require.EqualValues(t, 4, v.Seq)
	require.EqualValues(t, 2, v.Uncovered())
}

// A checkpoint that is not what was signed covers nothing, and a damaged row is for the verification to find.
func TestVerifyRunReportsDamage(t *testing.T) {
	fx := newFixture(t)
	id := fx.startRun()
	_, err := fx.MakeCheckpoints(t.Context(), []audit.Key{auditKey(t, "alice")}, "")
	require.NoError(t, err)
	ports := fx.storage.App
	ports.Checkpoints = forgedNotes{ports.Checkpoints}
	ports.Runs = damagedRuns{ports.Runs}
	v, err := apptest.New(ports).VerifyRun(t.Context(), id, func() {})
	require.NoError(t, err)
	require.Len(t, v.Findings, 1)
	require.Equal(t, "covering_invalid", v.Findings[0].Problem.Code)
	require.EqualValues(t, 2, v.Uncovered())

	_, err = fx.VerifyRun(t.Context(), "0198c0de-0000-7000-8000-000000000000", func() {})
	require.True(t, fault.Is(err, fault.NotFound))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = fx.VerifyRun(ctx, id, func() {})
	require.True(t, fault.Is(err, fault.Unavailable))
}

// noRows are the rows of a database from which all runs were removed, but not their trails.
type noRows struct{ verify.Rows }

func (noRows) RunsIn(context.Context, audit.Range, func(verify.StoredRun) error) error { return nil }

// The trail of a run that was removed from its table is still verified.
func TestVerifyRunReportsAMissingRow(t *testing.T) {
	fx := newFixture(t)
	id := fx.startRun()
	verifying := fx.storage.Verify
	verifying.Rows = noRows{verifying.Rows}
	ports := fx.storage.App
	ports.Verifier = verify.New(verifying)
	v, err := apptest.New(ports).VerifyRun(t.Context(), id, func() {})
	require.NoError(t, err)
	require.Equal(t, []audit.Finding{{Entity: audit.Run(id), Problem: audit.Wrong("no_row")}}, v.Findings)
	require.EqualValues(t, 2, v.Seq)
}

// forgedNotes are checkpoints whose times were changed.
type forgedNotes struct{ app.Checkpoints }

func (f forgedNotes) Checkpoint(ctx context.Context, number int64) (audit.StoredNote, error) {
	n, err := f.Checkpoints.Checkpoint(ctx, number)
	n.Header = strings.Replace(n.Header, " 2", " 3", 1)
	return n, err
}

// damagedRuns are runs whose rows cannot be read.
type damagedRuns struct{ app.Runs }

func (damagedRuns) Head(context.Context, string) (audit.Head, error) {
	return audit.Head{}, fault.From(errors.New("damaged"))
}

// The caller hears of progress while a long trail is verified.
func TestVerifyRunReportsProgress(t *testing.T) {
	fx := newFixture(t)
	id := fx.startRun()
	long := strings.Repeat("x", 40<<10)
	for i := range 8 {
		_, err := fx.Execute(t.Context(), ann, id, draft(fmt.Sprintf(`"%s%d"`, long, i)))
		require.NoError(t, err)
	}
	calls := 0
	_, err := fx.VerifyRun(t.Context(), id, func() { calls++ })
	require.NoError(t, err)
	require.GreaterOrEqual(t, calls, 4)
}
