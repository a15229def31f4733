package app_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/commitment"
	"github.com/procedo/procedo/core/run"
)

// ambiguous is a definition of an earlier release: its first step has a key that begins the names under which the
// trail records the metadata. The condition of step b reads the slot, and that of step c a member of the metadata.
var ambiguous = stepsOf(
	`"key":"run.metadata","slots":[{"name":"x","type":"string"}],"title":"A"`,
	`"key":"b","title":"B","when":"steps['run.metadata'].x != ''"`,
	`"key":"c","title":"C","when":"run.metadata.?y.orValue('') != ''"`,
)

// runAmbiguous starts a run of ambiguous with the metadata and commits its first two steps.
func (fx *fixture) runAmbiguous(metadata string) (id string) {
	fx.t.Helper()
	fx.store(ambiguous)
	view, err := fx.StartRun(fx.t.Context(), ann, app.StartInput{
		ProcedureID: "p", Metadata: parse(fx.t, metadata),
	})
	require.NoError(fx.t, err)
	for _, step := range []string{`run.metadata x="secret slot"`, "b"} {
		key, values, _ := strings.Cut(step, " ")
		_, err = fx.Execute(fx.t.Context(), ann, view.ID, run.Commit{Submission: submissionOf(key, values, nil)})
		require.NoError(fx.t, err)
	}
	return view.ID
}

// read returns the place at which the trail records what the condition of step b has read.
func (fx *fixture) read(id string) commitment.Place {
	fx.t.Helper()
	const pointer = "/decisions/0/values/run.metadata.x"
	events, err := fx.ports.Trail.Events(fx.t.Context(), audit.Run(id), 0, app.PageSize{Items: 50})
	require.NoError(fx.t, err)
	for _, e := range events.Items {
		if strings.Contains(e.Disclosures, pointer) {
			return commitment.Place{Seq: e.Seq, Pointer: pointer}
		}
	}
	require.Fail(fx.t, "no condition has read the slot")
	return commitment.Place{}
}

func TestAnErasureRemovesWhatConditionsReadOfASlotWhoseNameBeginsLikeTheMetadata(t *testing.T) {
	for name, places := range map[string]func(*fixture, string) run.ErasePlace{
		"the slot":      func(*fixture, string) run.ErasePlace { return run.ErasePlace{Step: "run.metadata", Slot: "x"} },
		"what was read": func(fx *fixture, id string) run.ErasePlace { return run.ErasePlace{Place: fx.read(id)} },
	} {
		t.Run(name, func(t *testing.T) {
			fx := newFixture(t)
			id := fx.runAmbiguous(`{"y":"secret member"}`)
			r, _, err := fx.Erase(t.Context(), ann, id, run.Erase{
				Places: []run.ErasePlace{places(fx, id)}, Reason: "asked",
			})
			require.NoError(t, err)
			require.JSONEq(t, `{"y":"secret member"}`, string(r.Metadata))
			fx.requireLeft(id, "secret member")
		})
	}
	t.Run("the metadata", func(t *testing.T) {
		fx := newFixture(t)
		id := fx.runAmbiguous(`{"y":"secret member"}`)
		_, _, err := fx.Erase(t.Context(), ann, id, run.Erase{
			Places: []run.ErasePlace{{Place: commitment.Place{Seq: 1, Pointer: "/metadata"}}}, Reason: "asked",
		})
		require.NoError(t, err)
		fx.requireLeft(id, "secret slot")
	})
	t.Run("what was read, if the metadata has a member of the name", func(t *testing.T) {
		fx := newFixture(t)
		id := fx.runAmbiguous(`{"x":"secret member"}`)
		_, _, err := fx.Erase(t.Context(), ann, id, run.Erase{
			Places: []run.ErasePlace{{Place: fx.read(id)}}, Reason: "asked",
		})
		require.NoError(t, err)
		fx.requireLeft(id)
	})
}

func TestABundleWithholdsWhatConditionsReadOfASlotWhoseNameBeginsLikeTheMetadata(t *testing.T) {
	for word, left := range map[string][]string{
		"slots": {"secret member"}, "slots.run.metadata.x": {"secret member"},
		"metadata": {"secret slot"}, "reasons": {"secret slot", "secret member"},
	} {
		fx := newFixture(t)
		var b strings.Builder
		require.NoError(t, fx.WriteBundle(t.Context(), &b, fx.runAmbiguous(`{"y":"secret member"}`), word))
		requireSecrets(t, b.String(), left...)
	}
}

// requireLeft checks which of the two secrets the trail still has, and that it verifies.
func (fx *fixture) requireLeft(id string, secrets ...string) {
	fx.t.Helper()
	fx.requireVerified()
	var b strings.Builder
	require.NoError(fx.t, fx.WriteBundle(fx.t.Context(), &b, id))
	requireSecrets(fx.t, b.String(), secrets...)
}

// requireSecrets checks which of the two secrets a text has.
func requireSecrets(t testing.TB, text string, left ...string) {
	t.Helper()
	for _, secret := range []string{"secret slot", "secret member"} {
		require.Equal(t, slices.Contains(left, secret), strings.Contains(text, secret), secret)
	}
}
