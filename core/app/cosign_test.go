package app_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/app/apptest"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/audit/audittest"
	"github.com/procedo/procedo/core/verify"
)

// testWitness is a witness that follows the protocol. Before it does, its script may answer in its place.
type testWitness struct {
	*audittest.Witness
	head   audit.LogHead // that it has cosigned last; zero if there is none
	asked  []int64       // the sizes that growth was proved from
	script []func(note string) (lines string, err error)
}

func newTestWitness() *testWitness {
	return &testWitness{Witness: audittest.NewWitness("witness.example", "w")}
}

func (w *testWitness) Name() string { return "https://witness.example" }

func (w *testWitness) Cosign(_ context.Context, note string, from int64, growth []audit.Hash) (string, error) {
	w.asked = append(w.asked, from)
	if len(w.script) > 0 {
		answer := w.script[0]
		w.script = w.script[1:]
		return answer(note)
	}
	head, err := audit.ParseNoteOfLog(note)
	switch {
	case err != nil:
		return "", err
	case from != w.head.Size:
		return "", app.WitnessedSizeError{Size: w.head.Size}
	case from == head.Size && head.Root != w.head.Root, from == 0 && len(growth) > 0:
		return "", app.ErrInconsistent
	case from > 0 && from < head.Size && tlog.CheckTree(growth, head.Size, head.Root, from, w.head.Root) != nil:
		return "", app.ErrInconsistent
	}
	w.head = head
	return w.Witness.Cosign(note, time.Unix(1000, 0)), nil
}

// answers makes the witness give answers in place of its own.
func (w *testWitness) answers(lines string, err error) {
	w.script = append(w.script, func(string) (string, error) { return lines, err })
}

// checkpoint starts a run and makes a checkpoint.
func (fx *fixture) checkpoint() audit.StoredNote {
	fx.t.Helper()
	fx.startRun()
	made, err := fx.MakeCheckpoints(fx.t.Context(), []audit.Key{auditKey(fx.t, "alice")}, "")
	require.NoError(fx.t, err)
	require.Len(fx.t, made, 1)
	return made[0]
}

// stored returns the latest checkpoint as it is stored.
func (fx *fixture) stored() audit.StoredNote {
	fx.t.Helper()
	n, err := fx.ports.Checkpoints.Checkpoint(fx.t.Context(), 0)
	require.NoError(fx.t, err)
	return n
}

func TestAWitnessCosignsTheGrowthOfTheLog(t *testing.T) {
	fx, w := newFixture(t), newTestWitness()
	var froms []int64
	for from := int64(0); len(froms) < 9; {
		made := fx.checkpoint()
		cosigned, err := fx.Cosign(t.Context(), w)
		require.NoError(t, err)
		require.Equal(t, made.Note+w.Witness.Cosign(made.Note, time.Unix(1000, 0)), cosigned.Note)
		require.Equal(t, cosigned, fx.stored())
		froms = append(froms, from)
		from = w.head.Size
	}
	require.Equal(t, froms, w.asked, "the first proof always began where the witness was")

	again, err := fx.Cosign(t.Context(), w)
	require.NoError(t, err)
	require.Zero(t, again)
	require.Len(t, w.asked, len(froms), "a witness is not asked twice for the same checkpoint")
	require.Empty(t, fx.findings(verify.Trust{Witnesses: []audit.WitnessKey{w.Key}}))
}

func (fx *fixture) findings(trust verify.Trust) (all []string) {
	fx.t.Helper()
	_, err := fx.verify.All(fx.t.Context(), verify.Options{Trust: trust}, func(f audit.Finding) {
		all = append(all, f.String())
	})
	require.NoError(fx.t, err)
	return all
}

func TestAWitnessIsAskedFromTheSizeThatItKnows(t *testing.T) {
	fx := newFixture(t)
	never, before := newTestWitness(), newTestWitness()
	fx.checkpoint()
	_, err := fx.Cosign(t.Context(), before)
	require.NoError(t, err)
	known := before.head.Size
	for range 5 {
		fx.checkpoint()
	}
	_, err = fx.Cosign(t.Context(), before)
	require.NoError(t, err)
	size := before.head.Size
	last := size - (before.asked[1])
	require.Equal(t, []int64{0, size - last, known}, before.asked)

	other := newTestWitness() // under another name, for the same checkpoint
	_, err = fx.Cosign(t.Context(), renamed{other, "https://other.example"})
	require.NoError(t, err)
	require.Equal(t, []int64{size - last, 0}, other.asked, "it has seen nothing")
	_, err = fx.Cosign(t.Context(), renamed{never, "https://third.example"})
	require.NoError(t, err)
	_, lines, _ := strings.Cut(fx.stored().Note, "\n\n")
	require.Equal(t, 1+3, strings.Count(lines, "\n"), "the lines of all witnesses are kept")

	ahead := newTestWitness() // it has cosigned the latest one, but its lines were lost
	ahead.head = before.head
	_, err = fx.Cosign(t.Context(), renamed{ahead, "https://fourth.example"})
	require.NoError(t, err)
	require.Equal(t, []int64{size - last, size}, ahead.asked)
}

type renamed struct {
	*testWitness
	name string
}

func (r renamed) Name() string { return r.name }

// TestAForkIsRecognized shows a witness two continuations of the same log.
func TestAForkIsRecognized(t *testing.T) {
	const size = "it has cosigned a log of "
	for name, c := range map[string]struct {
		of, here int    // checkpoints of the history that the witness knows, and of this one
		reason   string // how it begins
	}{
		"as many leaves":       {3, 3, app.ErrInconsistent.Error()},
		"fewer leaves here":    {4, 2, size},
		"more leaves here":     {2, 5, app.ErrInconsistent.Error()},
		"one checkpoint more":  {3, 4, app.ErrInconsistent.Error()},
		"one checkpoint fewer": {3, 2, size},
	} {
		t.Run(name, func(t *testing.T) {
			w := newTestWitness()
			known, fx := newFixture(t), newFixture(t)
			for range c.of {
				known.checkpoint()
			}
			_, err := known.Cosign(t.Context(), w)
			require.NoError(t, err)
			for range c.here {
				fx.checkpoint()
			}
			before := fx.stored()
			_, err = fx.Cosign(t.Context(), w)
			var fork app.ForkError
			require.ErrorAs(t, err, &fork)
			require.Equal(t, "https://witness.example", fork.Witness)
			require.True(t, strings.HasPrefix(fork.Reason, c.reason), fork.Reason)
			require.Equal(t, 1, strings.Count(err.Error(), "https://witness.example"), err)
			require.Equal(t, before, fx.stored(), "nothing is stored")
		})
	}
}

// TestALaterCheckpointOfAnotherReplicaIsNoFork lets another replica ask the witness in between.
func TestALaterCheckpointOfAnotherReplicaIsNoFork(t *testing.T) {
	fx, w := newFixture(t), newTestWitness()
	fx.checkpoint()
	_, err := fx.Cosign(t.Context(), w)
	require.NoError(t, err)
	fx.checkpoint()
	w.script = append(w.script, func(string) (string, error) {
		fx.checkpoint()
		_, err := fx.Cosign(t.Context(), w)
		require.NoError(t, err)
		return "", app.WitnessedSizeError{Size: w.head.Size}
	})
	_, err = fx.Cosign(t.Context(), w)
	require.ErrorContains(t, err, "it was asked by somebody else in the meantime")
	require.NotErrorAs(t, err, new(app.ForkError))
	again, err := fx.Cosign(t.Context(), w)
	require.NoError(t, err)
	require.Zero(t, again, "the latest one is cosigned")

	fx.checkpoint()
	w.answers("", app.WitnessedSizeError{Size: 1}) // and another size when it is asked from there
	_, err = fx.Cosign(t.Context(), w)
	require.ErrorContains(t, err, "it was asked by somebody else in the meantime")
	_, err = fx.Cosign(t.Context(), w)
	require.NoError(t, err)
}

func TestLinesThatWouldSpoilACheckpointAreNotStored(t *testing.T) {
	line := "— other.example AAAAAEFB\n"
	for name, answer := range map[string]func(note string) string{
		"nothing":                 func(string) string { return "" },
		"no lines":                func(string) string { return "welcome\n" },
		"an unfinished line":      func(string) string { return strings.TrimSuffix(line, "\n") },
		"its own signature again": func(note string) string { _, own, _ := strings.Cut(note, "\n\n"); return own },
		"another in its own name": func(note string) string {
			_, own, _ := strings.Cut(note, "\n\n")
			return own[:len(own)-9] + "AAAA" + own[len(own)-5:]
		},
		"both":           func(note string) string { _, own, _ := strings.Cut(note, "\n\n"); return line + own },
		"9 lines":        func(string) string { return strings.Repeat(line, 9) },
		"65 lines":       func(string) string { return strings.Repeat(line, 65) },
		"long lines":     func(string) string { return "— w " + strings.Repeat("AAAA", 5000) + "\n" },
		"a whole note":   func(note string) string { return note },
		"control codes":  func(string) string { return "— \x1b[2J AAAAAEFB\n" },
		"a line of text": func(string) string { return "— a b c\n" },
	} {
		t.Run(name, func(t *testing.T) {
			fx, w := newFixture(t), newTestWitness()
			before := fx.checkpoint()
			w.script = append(w.script, func(note string) (string, error) { return answer(note), nil })
			cosigned, err := fx.Cosign(t.Context(), w)
			require.ErrorContains(t, err, "the witness https://witness.example: its answer cannot be added")
			require.Less(t, len(err.Error()), 400)
			require.Zero(t, cosigned)
			require.Equal(t, before, fx.stored())
			require.Empty(t, fx.findings(verify.Trust{}))

			_, err = fx.Cosign(t.Context(), w)
			require.NoError(t, err, "it is asked again")
		})
	}
}

func TestAsManyWitnessesAsANoteHasRoomForMayAddLines(t *testing.T) {
	fx := newFixture(t)
	fx.checkpoint()
	for i := range 8 {
		w := newTestWitness()
		w.answers(strings.Repeat("— w AAAAAEFB\n", 8), nil)
		_, err := fx.Cosign(t.Context(), renamed{w, "https://w.example/" + string(rune('a'+i))})
		if i < 7 {
			require.NoError(t, err)
		} else {
			require.Error(t, err, "1 + 8 * 8 lines are more than 64")
		}
	}
	require.Empty(t, fx.findings(verify.Trust{}))
}

func TestNothingIsCosignedWithoutACheckpointInTheLog(t *testing.T) {
	fx, w := newFixture(t), newTestWitness()
	cosigned, err := fx.Cosign(t.Context(), w)
	require.NoError(t, err)
	require.Zero(t, cosigned)

	fx.rewire(func(p *app.Ports) {
		p.Checkpoints = apptest.EarlierCheckpoints{Checkpoints: p.Checkpoints, Keys: []audit.Key{auditKey(t, "alice")}}
	})
	fx.checkpoint()
	require.Empty(t, fx.stored().Header)
	cosigned, err = fx.Cosign(t.Context(), w)
	require.NoError(t, err)
	require.Zero(t, cosigned)
	require.Empty(t, w.asked)
}

func TestOtherErrorsOfAWitnessAreReturned(t *testing.T) {
	fx, w := newFixture(t), newTestWitness()
	fx.checkpoint()
	w.answers("", errBoom)
	_, err := fx.Cosign(t.Context(), w)
	require.ErrorIs(t, err, errBoom)
	require.EqualError(t, err, "the witness https://witness.example: boom")
}
