package run_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
)

// stored returns a version with a first step, which has the slots t and u, and with n steps whose conditions are the
// given one. The definition is read as a stored one, because it may cost more than a new one may.
func stored(t *testing.T, members string, n int, condition string) *procedure.Version {
	t.Helper()
	var steps strings.Builder
	for i := range n {
		fmt.Fprintf(&steps, `,{"key":"s%d","title":"S","when":%q}`, i, condition)
	}
	d, issues := procedure.ReadCanonical([]byte(`{"name":"N","steps":[{"key":"a","title":"A","slots":[`+
		`{"name":"t","type":"text","required":false},{"name":"u","type":"text","required":false}]`+members+`}`+
		steps.String()+`]}`), cel.Language{})
	require.Empty(t, issues)
	return &procedure.Version{Definition: d, Number: 1, Digest: "sha256:0"}
}

func started(t *testing.T, v *procedure.Version, metadata string) run.Run {
	t.Helper()
	events, err := run.Start(context.Background(), run.StartParams{ID: "r", Version: v, Metadata: []byte(metadata)}, stamp)
	require.NoError(t, err)
	r, err := run.Fold(run.Run{}, events)
	require.NoError(t, err)
	return r
}

func submission(slots map[string]string) run.Submission {
	s := run.Submission{Step: "a", Slots: map[string][]byte{}}
	for name, value := range slots {
		s.Slots[name], _ = json.Marshal(value)
	}
	return s
}

// TestTheConditionsOfOneCommandShareABudget decides commits whose conditions, or what the events would record about
// them, cost far more than one request may. Each of the conditions is within its own limit.
func TestTheConditionsOfOneCommandShareABudget(t *testing.T) {
	large := strings.Repeat("a", 60_000)
	var members strings.Builder
	for i := range 50_000 {
		fmt.Fprintf(&members, `"k%d":1,`, i)
	}
	var manySlots, allSet strings.Builder
	for i := range 190 {
		fmt.Fprintf(&manySlots, `{"name":"v%d","type":"text","required":false},`, i)
		fmt.Fprintf(&allSet, "has(v%d)&&", i)
	}
	for _, c := range []struct {
		rule     string
		version  *procedure.Version
		metadata string
		slots    map[string]string
	}{
		{"evaluations", stored(t, "", 100, `has(a.t) && a.t.matches('(a*)*b')`), "", map[string]string{"t": large}},
		{"recorded metadata", stored(t, "", 30, `run.metadata.size() == -1`), "{" + members.String() + `"z":1}`, nil},
		{"recorded values", stored(t, "", 8000, `a.t == 'x'`), "", map[string]string{"t": strings.Repeat("b", 1000)}},
		{"the condition of a transition, in the event of each step that it passes over", stored(t,
			`,"transitions":[{"when":"has(t) && has(u) && t == u","to":"end"}]`, 5000, ""), "",
			map[string]string{"t": strings.Repeat("c", 1000), "u": strings.Repeat("c", 1000)}},
	} {
		t.Run(c.rule, func(t *testing.T) {
			r := started(t, c.version, c.metadata)
			_, err := run.Decide(context.Background(), r, run.Commit{Submission: submission(c.slots)}, stamp)
			f := fault.From(err)
			require.Equal(t, run.ConditionFailed, f.Code)
			require.Equal(t, "cost", f.Params["reason"])
			_, again := run.Decide(context.Background(), r, run.Commit{Submission: submission(c.slots)}, stamp)
			require.Equal(t, err, again, "the same input has the same outcome")
		})
	}
}

// TestReadingARunNeverFailsForItsCost reads a run whose conditions cost more than one request may. What cannot be
// decided any more is provisional.
func TestReadingARunNeverFailsForItsCost(t *testing.T) {
	r := started(t, stored(t, "", 100, `has(a.t) && !a.t.matches('(a*)*b')`), "")
	d, err := run.Decide(context.Background(), r, run.Draft{Submission: submission(map[string]string{
		"t": strings.Repeat("a", 60_000),
	})}, stamp)
	require.NoError(t, err)
	r, err = run.Fold(r, d.Events)
	require.NoError(t, err)
	require.True(t, r.Outlook(context.Background()).Progress.Provisional)
}

// TestThePatternsOfOneCommandShareABudget submits texts that cost more than one request may, and then texts of the
// length that the refusal names.
func TestThePatternsOfOneCommandShareABudget(t *testing.T) {
	slots, texts := make([]string, 30), map[string]string{}
	for i := range slots {
		name := fmt.Sprintf("p%d", i)
		slots[i] = fmt.Sprintf(`{"name":%q,"type":"text","required":false,"validate":"%s[éa]*"}`, name,
			strings.Repeat("(a*)*", 100))
		texts[name] = strings.Repeat("é", 4000)
	}
	v := stored(t, `},{"key":"b","title":"B","slots":[`+strings.Join(slots, ",")+"]", 0, "")
	r := started(t, v, "")
	d, err := run.Decide(context.Background(), r, run.Commit{Submission: submission(nil)}, stamp)
	require.NoError(t, err)
	r, err = run.Fold(r, d.Events)
	require.NoError(t, err)

	body := submission(texts)
	body.Step = "b"
	_, err = run.Decide(context.Background(), r, run.Commit{Submission: body}, stamp)
	issues := fault.From(err).Issues
	require.NotEmpty(t, issues)
	require.Less(t, len(issues), 30, "the first texts are within the budget")
	for _, is := range issues {
		require.Equal(t, "validation.max_length", is.Code)
		require.Equal(t, 4000, is.Params["actual_length"])
	}
	first, most := strings.TrimPrefix(issues[0].Field, "slots."), issues[0].Params["max"].(int)
	for _, is := range issues {
		delete(body.Slots, strings.TrimPrefix(is.Field, "slots."))
	}
	body.Slots[first], _ = json.Marshal(strings.Repeat("é", most))
	_, err = run.Decide(context.Background(), r, run.Commit{Submission: body}, stamp)
	require.NoError(t, err)
}

// impatient is a context that is cancelled after a number of questions whether it is.
type impatient struct {
	context.Context
	left int
}

func (i *impatient) Err() error {
	if i.left--; i.left < 0 {
		return context.Canceled
	}
	return nil
}

func TestADecisionStopsWhenTheRequestIsCancelled(t *testing.T) {
	r := started(t, stored(t, "", 50, `has(a.t) && a.t == 'y'`), "")
	for _, questions := range []int{0, 1, 2, 10} {
		_, err := run.Decide(&impatient{context.Background(), questions}, r,
			run.Commit{Submission: submission(map[string]string{"t": "x"})}, stamp)
		require.True(t, fault.Is(err, fault.Unavailable), "%d: %v", questions, err)
	}
	_, err := run.Start(&impatient{context.Background(), 0}, run.StartParams{ID: "r", Version: r.Version}, stamp)
	require.True(t, fault.Is(err, fault.Unavailable))
}
