package e2e

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/api/client"
)

const branching = `{"id":"batch","name":"Batch","language":"en","translations":{"fr":{"name":"Lot"}},"steps":[
	{"key":"weigh","title":"Weigh","slots":[{"name":"kilos","type":"number","max":500}]},
	{"key":"repack","title":"Repack","when":"weigh.kilos > 100.0","slots":[{"name":"boxes","type":"integer"}]},
	{"key":"check","title":"Check","slots":[{"name":"good","type":"boolean"}],
	 "transitions":[{"when":"!good","to":"weigh"}]},
	{"key":"ship","title":"Ship","skippable":true}]}`

// session is a client of a server on which the procedure "batch" is stored.
type session struct {
	*client.ClientWithResponses
	t *testing.T
}

func TestTheAPIThroughTheGeneratedClient(t *testing.T) {
	for name, flags := range deployments(t) {
		t.Run(name, func(t *testing.T) {
			s := session{serve(t, t.TempDir(), flags...).client(), t}
			created, err := s.CreateProcedureWithBodyWithResponse(
				t.Context(), nil, "application/json", strings.NewReader(branching))
			require.NoError(t, err)
			require.Equal(t, 201, created.StatusCode(), string(created.Body))
			for name, test := range map[string]func(session){
				"a transition back and a step that does not apply":    session.testTransitions,
				"a skipped step and a failed run":                     session.testSkipAndFailure,
				"an amendment keeps the original":                     session.testAmendment,
				"a request is repeated with the same Idempotency-Key": session.testIdempotency,
				"ETags in conditional requests":                       session.testETags,
				"lists and their cursors":                             session.testLists,
				"texts in both languages":                             session.testLanguages,
				"a new version does not change runs":                  session.testPublishing,
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

// read returns the run. If written is not nil, it is the response to the last write, and must equal the run.
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

func (s session) testTransitions() {
	id := s.start("branches")
	s.commit(id, "weigh", `{"kilos":120.50}`)
	s.commit(id, "repack", `{"boxes":3}`)
	back := s.read(id, s.commit(id, "check", `{"good":false}`))
	require.Equal(s.t, "weigh", *back.CurrentStep)
	require.Equal(s.t, 2, back.Steps[0].Visit)
	s.commit(id, "weigh", `{"kilos":99}`)
	over := s.read(id, nil)
	require.Equal(s.t, "check", *over.CurrentStep)
	require.Equal(s.t, client.StepStateNotApplicable, over.Steps[1].State)
	s.commit(id, "check", `{"good":true}`)
	require.Equal(s.t, client.RunStateCompleted, s.read(id, s.commit(id, "ship", `{}`)).State)
}

func (s session) testSkipAndFailure() {
	id := s.start("ends")
	s.commit(id, "weigh", `{"kilos":1}`)
	s.commit(id, "check", `{"good":true}`)
	skip := client.StepSkip{Reason: "The customer collects it"}
	skipped, err := s.SkipStepWithResponse(s.t.Context(), id, "ship", nil, skip)
	require.NoError(s.t, err)
	require.Equal(s.t, client.RunStateCompleted, s.read(id, skipped.JSON200).State)
	late, err := s.FailRunWithResponse(s.t.Context(), id, nil, client.RunFailure{Reason: "Too late"})
	require.NoError(s.t, err)
	require.Equal(s.t, 409, late.StatusCode())

	id = s.start("fails")
	blank, err := s.FailRunWithResponse(s.t.Context(), id, nil, client.RunFailure{Reason: "  "})
	require.NoError(s.t, err)
	require.Equal(s.t, 422, blank.StatusCode())
	failed, err := s.FailRunWithResponse(s.t.Context(), id, nil, client.RunFailure{Reason: "The lot burned"})
	require.NoError(s.t, err)
	require.Equal(s.t, "The lot burned", *s.read(id, failed.JSON200).Failure.Reason)
}

func (s session) testAmendment() {
	id := s.start("amends")
	s.commit(id, "weigh", `{"kilos":120.50}`)
	amended, err := s.AmendStepWithResponse(s.t.Context(), id, "weigh", nil, client.StepAmend{
		Slots: values(s.t, `{"kilos":130.25}`), Reason: "Tare forgotten",
	})
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

func (s session) testIdempotency() {
	id := s.start("repeats")
	params := &client.CommitStepParams{IdempotencyKey: new("key-" + id)}
	commit := func(kilos string) *client.CommitStepResponse {
		s.t.Helper()
		body := client.StepCommit{Slots: values(s.t, `{"kilos":`+kilos+`}`)}
		r, err := s.CommitStepWithResponse(s.t.Context(), id, "weigh", params, body)
		require.NoError(s.t, err)
		return r
	}
	first, again, other := commit("7"), commit("7"), commit("8")
	require.Equal(s.t, 200, first.StatusCode())
	require.Equal(s.t, string(first.Body), string(again.Body))
	require.Equal(s.t, "true", again.HTTPResponse.Header.Get("Idempotency-Replayed"))
	require.Equal(s.t, 422, other.StatusCode(), "another body under the same key")
	require.Equal(s.t, "7", string(s.read(id, first.JSON200).Steps[0].Slots["kilos"]))
}

func (s session) testETags() {
	id := s.start("tags")
	got, err := s.GetRunWithResponse(s.t.Context(), id, nil)
	require.NoError(s.t, err)
	tag := got.HTTPResponse.Header.Get("ETag")
	same, err := s.GetRunWithResponse(s.t.Context(), id, &client.GetRunParams{IfNoneMatch: &tag})
	require.NoError(s.t, err)
	require.Equal(s.t, 304, same.StatusCode())
	save := func(kilos string) (status int) {
		s.t.Helper()
		params := &client.SaveDraftParams{IfMatch: &tag}
		body := client.StepDraft{Slots: values(s.t, `{"kilos":`+kilos+`}`)}
		r, err := s.SaveDraftWithResponse(s.t.Context(), id, "weigh", params, body)
		require.NoError(s.t, err)
		return r.StatusCode()
	}
	require.Equal(s.t, 200, save("1"))
	require.Equal(s.t, 200, save("1"), "an old tag is accepted if nothing changes")
	require.Equal(s.t, 412, save("2"), "the tag is old")
	changed, err := s.GetRunWithResponse(s.t.Context(), id, &client.GetRunParams{IfNoneMatch: &tag})
	require.NoError(s.t, err)
	require.Equal(s.t, 200, changed.StatusCode())
}

func (s session) testLists() {
	var want []string
	for range 5 {
		want = append([]string{s.start("listed")}, want...)
	}
	s.commit(want[0], "weigh", `{"kilos":1}`)
	var got []string
	params := client.ListRunsParams{Reference: new("listed"), Limit: new(2)}
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
	busy, err := s.ListRunsWithResponse(s.t.Context(), &client.ListRunsParams{
		Reference: new("listed"), State: client.FilterState{client.RunStateInProgress},
	})
	require.NoError(s.t, err)
	require.Len(s.t, busy.JSON200.Items, 1)
	forged, err := s.ListRunsWithResponse(s.t.Context(), &client.ListRunsParams{Cursor: new("bm90IG91cnM")})
	require.NoError(s.t, err)
	require.Equal(s.t, 400, forged.StatusCode())
}

func (s session) testLanguages() {
	id := s.start("speaks")
	for language, want := range map[string]struct{ problem, name string }{
		"fr-CA, fr;q=0.9": {"Données invalides", "Lot"},
		"en":              {"Invalid data", "Batch"},
		"de":              {"Invalid data", "Batch"},
	} {
		s.t.Run(language, func(t *testing.T) {
			body := client.StepCommit{Slots: values(t, `{"kilos":501}`)}
			refused, err := s.CommitStepWithResponse(t.Context(), id, "weigh", nil, body, inLanguage(language))
			require.NoError(t, err)
			require.Equal(t, want.problem, refused.ApplicationProblemJSON422.Title)
			require.Len(t, refused.ApplicationProblemJSON422.Issues, 1)
			procedure, err := s.GetProcedureWithResponse(t.Context(), "batch", nil, inLanguage(language))
			require.NoError(t, err)
			require.Contains(t, string(procedure.Body), `"name":"`+want.name+`"`)
		})
	}
}

// inLanguage sets Accept-Language.
func inLanguage(language string) client.RequestEditorFn {
	return func(_ context.Context, req *http.Request) error {
		req.Header.Set("Accept-Language", language)
		return nil
	}
}

func (s session) testPublishing() {
	id := s.start("publishes")
	before := s.read(id, nil)
	procedure, err := s.GetProcedureWithResponse(s.t.Context(), "batch", nil)
	require.NoError(s.t, err)
	tag := procedure.HTTPResponse.Header.Get("ETag")
	publish := func(tag, name string) (status int) {
		s.t.Helper()
		document := strings.Replace(branching, `"name":"Batch"`, fmt.Sprintf(`"name":%q`, name), 1)
		without := func(_ context.Context, req *http.Request) error {
			if tag == "" {
				req.Header.Del("If-Match")
			}
			return nil
		}
		r, err := s.PublishProcedureWithBodyWithResponse(s.t.Context(), "batch",
			&client.PublishProcedureParams{IfMatch: tag}, "application/json", strings.NewReader(document), without)
		require.NoError(s.t, err)
		return r.StatusCode()
	}
	listed := func() string {
		s.t.Helper()
		page, err := s.ListProceduresWithResponse(s.t.Context(), &client.ListProceduresParams{Query: new("batch")})
		require.NoError(s.t, err)
		return page.JSON200.Items[0].Name
	}
	require.Equal(s.t, "Batch", listed())
	require.Equal(s.t, 428, publish("", "Batch, again"))
	require.Equal(s.t, 200, publish(tag, "Batch, again"))
	require.Equal(s.t, "Batch, again", listed())
	require.Equal(s.t, 412, publish(tag, "Batch, thrice"))
	require.Equal(s.t, before, s.read(id, nil))
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
	require.Equal(s.t, 200, publish(tag, "Batch"))
}
