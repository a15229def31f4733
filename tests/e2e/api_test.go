package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/api/client"
)

// at is a value to point at.
func at[T any](v T) *T { return &v }

const branching = `{"id":"batch","name":"Batch","language":"en","translations":{"fr":{"name":"Lot"}},"steps":[
	{"key":"weigh","title":"Weigh","slots":[{"name":"kilos","type":"number","max":500}]},
	{"key":"repack","title":"Repack","when":"weigh.kilos > 100.0","slots":[{"name":"boxes","type":"integer"}]},
	{"key":"check","title":"Check","slots":[{"name":"good","type":"boolean"}],"transitions":[{"when":"!good","to":"weigh"}]},
	{"key":"ship","title":"Ship","skippable":true}]}`

// session is a client of a server under test, with the example stored.
type session struct {
	*client.ClientWithResponses
	t *testing.T
}

func TestTheAPIThroughTheGeneratedClient(t *testing.T) {
	for name, flags := range deployments(t) {
		t.Run(name, func(t *testing.T) {
			s := session{serve(t, t.TempDir(), flags...).client(), t}
			created, err := s.CreateProcedureWithBodyWithResponse(t.Context(), nil, "application/json", strings.NewReader(branching))
			require.NoError(t, err)
			require.Equal(t, 201, created.StatusCode(), string(created.Body))
			for name, test := range map[string]func(session){
				"a branch back and a step passed over": session.branches,
				"a step skipped, a run failed":         session.ends,
				"an amendment keeps the original":      session.amends,
				"an Idempotency-Key is one effect":     session.repeats,
				"ETags guard writes and spare reads":   session.tags,
				"lists and their cursors":              session.lists,
				"texts in both languages":              session.speaks,
				"a new version leaves runs alone":      session.publishes,
			} {
				t.Run(name, func(t *testing.T) { test(session{s.ClientWithResponses, t}) })
			}
		})
	}
}

func (s session) start(reference string) string {
	s.t.Helper()
	r, err := s.StartRunWithResponse(s.t.Context(), nil, client.RunStart{ProcedureID: "batch", Reference: &reference})
	require.NoError(s.t, err)
	require.Equal(s.t, 201, r.StatusCode(), string(r.Body))
	return r.JSON201.ID
}

func (s session) commit(run, step, slots string) *client.Run {
	s.t.Helper()
	r, err := s.CommitStepWithResponse(s.t.Context(), run, step, nil, client.StepCommit{Slots: values(s.t, slots)})
	require.NoError(s.t, err)
	require.Equal(s.t, 200, r.StatusCode(), string(r.Body))
	return r.JSON200
}

// read is the run as a reader sees it, which must be what the last write answered.
func (s session) read(run string, written *client.Run) *client.Run {
	s.t.Helper()
	r, err := s.GetRunWithResponse(s.t.Context(), run, nil)
	require.NoError(s.t, err)
	require.Equal(s.t, 200, r.StatusCode())
	if written != nil {
		require.Equal(s.t, written, r.JSON200)
	}
	return r.JSON200
}

func (s session) branches() {
	id := s.start("branches")
	s.commit(id, "weigh", `{"kilos":120.50}`)
	s.commit(id, "repack", `{"boxes":3}`)
	back := s.read(id, s.commit(id, "check", `{"good":false}`))
	require.Equal(s.t, "weigh", *back.CurrentStep)
	require.Equal(s.t, 2, back.Steps[0].Visit)
	s.commit(id, "weigh", `{"kilos":99}`)
	over := s.read(id, nil)
	require.Equal(s.t, "check", *over.CurrentStep)
	require.Equal(s.t, client.StepStateNotApplicable, over.Steps[1].State, "light enough")
	s.commit(id, "check", `{"good":true}`)
	require.Equal(s.t, client.RunStateCompleted, s.read(id, s.commit(id, "ship", `{}`)).State)
}

func (s session) ends() {
	id := s.start("ends")
	s.commit(id, "weigh", `{"kilos":1}`)
	s.commit(id, "check", `{"good":true}`)
	skipped, err := s.SkipStepWithResponse(s.t.Context(), id, "ship", nil, client.StepSkip{Reason: at("The customer collects it")})
	require.NoError(s.t, err)
	require.Equal(s.t, client.RunStateCompleted, s.read(id, skipped.JSON200).State)
	late, err := s.FailRunWithResponse(s.t.Context(), id, nil, client.RunFailure{Reason: at("Too late")})
	require.NoError(s.t, err)
	require.Equal(s.t, 409, late.StatusCode())

	id = s.start("fails")
	blank, err := s.FailRunWithResponse(s.t.Context(), id, nil, client.RunFailure{Reason: at("  ")})
	require.NoError(s.t, err)
	require.Equal(s.t, 422, blank.StatusCode())
	failed, err := s.FailRunWithResponse(s.t.Context(), id, nil, client.RunFailure{Reason: at("The lot burned")})
	require.NoError(s.t, err)
	require.Equal(s.t, "The lot burned", s.read(id, failed.JSON200).Failure.Reason)
}

func (s session) amends() {
	id := s.start("amends")
	s.commit(id, "weigh", `{"kilos":120.50}`)
	amended, err := s.AmendStepWithResponse(s.t.Context(), id, "weigh", nil, client.StepAmend{Slots: values(s.t, `{"kilos":130.25}`), Reason: at("Tare forgotten")})
	require.NoError(s.t, err)
	require.Equal(s.t, 200, amended.StatusCode(), string(amended.Body))
	run := s.read(id, amended.JSON200)
	require.True(s.t, run.Steps[0].Amended)
	require.Equal(s.t, "130.25", string(run.Steps[0].Slots["kilos"]))
	events, err := s.ListRunEventsWithResponse(s.t.Context(), id, nil)
	require.NoError(s.t, err)
	require.Contains(s.t, string(events.Body), "120.5", "the trail keeps the original")
	require.Contains(s.t, string(events.Body), "Tare forgotten")
}

func (s session) repeats() {
	id := s.start("repeats")
	params := &client.CommitStepParams{IdempotencyKey: at("key-" + id)}
	say := func(kilos string) *client.CommitStepResponse {
		s.t.Helper()
		r, err := s.CommitStepWithResponse(s.t.Context(), id, "weigh", params, client.StepCommit{Slots: values(s.t, `{"kilos":`+kilos+`}`)})
		require.NoError(s.t, err)
		return r
	}
	first, again, other := say("7"), say("7"), say("8")
	require.Equal(s.t, 200, first.StatusCode())
	require.Equal(s.t, string(first.Body), string(again.Body))
	require.Equal(s.t, "true", again.HTTPResponse.Header.Get("Idempotency-Replayed"))
	require.Equal(s.t, 422, other.StatusCode(), "another body under the same key")
	require.Equal(s.t, "7", string(s.read(id, first.JSON200).Steps[0].Slots["kilos"]))
}

func (s session) tags() {
	id := s.start("tags")
	got, err := s.GetRunWithResponse(s.t.Context(), id, nil)
	require.NoError(s.t, err)
	tag := got.HTTPResponse.Header.Get("ETag")
	same, err := s.GetRunWithResponse(s.t.Context(), id, &client.GetRunParams{IfNoneMatch: &tag})
	require.NoError(s.t, err)
	require.Equal(s.t, 304, same.StatusCode())
	guarded := func(kilos string) int {
		s.t.Helper()
		r, err := s.SaveDraftWithResponse(s.t.Context(), id, "weigh", &client.SaveDraftParams{IfMatch: &tag}, client.StepDraft{Slots: values(s.t, `{"kilos":`+kilos+`}`)})
		require.NoError(s.t, err)
		return r.StatusCode()
	}
	require.Equal(s.t, 200, guarded("1"))
	require.Equal(s.t, 200, guarded("1"), "nothing changes: the old tag does no harm")
	require.Equal(s.t, 412, guarded("2"), "the tag is old")
	changed, err := s.GetRunWithResponse(s.t.Context(), id, &client.GetRunParams{IfNoneMatch: &tag})
	require.NoError(s.t, err)
	require.Equal(s.t, 200, changed.StatusCode())
}

func (s session) lists() {
	var want []string
	for range 5 {
		want = append([]string{s.start("listed")}, want...)
	}
	s.commit(want[0], "weigh", `{"kilos":1}`)
	var got []string
	params := client.ListRunsParams{Reference: at("listed"), Limit: at(2)}
	for {
		page, err := s.ListRunsWithResponse(s.t.Context(), &params)
		require.NoError(s.t, err)
		require.Equal(s.t, 200, page.StatusCode(), string(page.Body))
		for _, r := range page.JSON200.Items {
			got = append(got, r.ID)
		}
		if params.Cursor = page.JSON200.NextCursor; params.Cursor == nil {
			break
		}
	}
	require.Equal(s.t, want, got, "newest first, each once")
	busy, err := s.ListRunsWithResponse(s.t.Context(), &client.ListRunsParams{Reference: at("listed"), State: at(client.RunStateInProgress)})
	require.NoError(s.t, err)
	require.Len(s.t, busy.JSON200.Items, 1)
	forged, err := s.ListRunsWithResponse(s.t.Context(), &client.ListRunsParams{Cursor: at("bm90IG91cnM")})
	require.NoError(s.t, err)
	require.Equal(s.t, 400, forged.StatusCode())
}

func (s session) speaks() {
	id := s.start("speaks")
	for language, want := range map[string][2]string{"fr-CA, fr;q=0.9": {"Données invalides", "Lot"}, "en": {"Invalid data", "Batch"}, "de": {"Invalid data", "Batch"}} {
		refused, err := s.CommitStepWithResponse(s.t.Context(), id, "weigh", &client.CommitStepParams{AcceptLanguage: &language}, client.StepCommit{Slots: values(s.t, `{"kilos":501}`)})
		require.NoError(s.t, err)
		require.Equal(s.t, want[0], refused.ApplicationProblemJSON422.Title)
		require.Len(s.t, refused.ApplicationProblemJSON422.Issues, 1)
		procedure, err := s.GetProcedureWithResponse(s.t.Context(), "batch", &client.GetProcedureParams{AcceptLanguage: &language})
		require.NoError(s.t, err)
		require.Contains(s.t, string(procedure.Body), `"name":"`+want[1]+`"`, language)
	}
}

func (s session) publishes() {
	id := s.start("publishes")
	was := s.read(id, nil)
	procedure, err := s.GetProcedureWithResponse(s.t.Context(), "batch", nil)
	require.NoError(s.t, err)
	tag := procedure.HTTPResponse.Header.Get("ETag")
	publish := func(tag *string, name string) (status int) {
		s.t.Helper()
		r, err := s.PublishProcedureWithBodyWithResponse(s.t.Context(), "batch", &client.PublishProcedureParams{IfMatch: tag}, "application/json",
			strings.NewReader(strings.Replace(branching, `"name":"Batch"`, fmt.Sprintf(`"name":%q`, name), 1)))
		require.NoError(s.t, err)
		return r.StatusCode()
	}
	listed := func() string {
		s.t.Helper()
		page, err := s.ListProceduresWithResponse(s.t.Context(), &client.ListProceduresParams{Query: at("batch")})
		require.NoError(s.t, err)
		return page.JSON200.Items[0].Name
	}
	require.Equal(s.t, "Batch", listed())
	require.Equal(s.t, 428, publish(nil, "Batch, again"))
	require.Equal(s.t, 200, publish(&tag, "Batch, again"))
	require.Equal(s.t, "Batch, again", listed())
	require.Equal(s.t, 412, publish(&tag, "Batch, thrice"))
	require.Equal(s.t, was, s.read(id, nil))
	archived, err := s.ArchiveProcedureWithResponse(s.t.Context(), "batch", nil)
	require.NoError(s.t, err)
	require.Equal(s.t, 200, archived.StatusCode())
	refused, err := s.StartRunWithResponse(s.t.Context(), nil, client.RunStart{ProcedureID: "batch"})
	require.NoError(s.t, err)
	require.Equal(s.t, 409, refused.StatusCode())
	s.commit(id, "weigh", `{"kilos":1}`)
	_, err = s.UnarchiveProcedureWithResponse(s.t.Context(), "batch", nil)
	require.NoError(s.t, err)
	now, err := s.GetProcedureWithResponse(s.t.Context(), "batch", nil)
	require.NoError(s.t, err)
	tag = now.HTTPResponse.Header.Get("ETag")
	require.Equal(s.t, 200, publish(&tag, "Batch"))
}
