package http

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	v2 "github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/runtest"
	"github.com/procedo/procedo/core/slot"
)

func runBody(r run.Run, outlook run.Outlook, texts procedure.Localizer, numbers numberForm) api.Run {
	body := api.Run{
		ID: r.ID, ProcedureID: r.Version.ID, ProcedureVersion: r.Version.Number,
		UserID:    userBody(r.UserID, r.Erased),
		Reference: optional(r.Reference), Metadata: metadataBody(r.Metadata, r.Erased), Erased: erasedBody(r.Erased),
		State: api.RunState(r.State), Revision: r.Revision, Seq: r.Seq, CurrentStep: optional(r.CurrentKey()),
		Failure: failureBody(r.Failure), Diverged: r.Diverged(),
		CreatedAt: r.CreatedAt.Format(audit.TimeFormat), StartedAt: timeBody(r.StartedAt),
		UpdatedAt: r.UpdatedAt.Format(audit.TimeFormat), ClosedAt: timeBody(r.ClosedAt),
		Progress: progressBody(outlook.Progress), Steps: make([]api.RunStep, len(r.Steps)),
	}
	for i := range r.Steps {
		body.Steps[i] = stepBody(&r.Version.Steps[i], &r.Steps[i], outlook.Inapplicable[i], texts, numbers)
	}
	return body
}

func progressBody(p run.Progress) api.Progress {
	body := api.Progress{
		Steps: api.StepProgress{
			Total: p.Steps.Total, Committed: p.Steps.Committed, Skipped: p.Steps.Skipped,
			NotApplicable: p.Steps.NotApplicable,
		},
		Checklist:   api.ChecklistProgress{Total: p.Checklist.Total, Completed: p.Checklist.Completed},
		Provisional: p.Provisional,
	}
	if tenths, ok := p.Checklist.Tenths(); ok {
		percentage := float64(tenths) / 10
		body.Checklist.Percentage = &percentage
	}
	return body
}

// stepBody returns a step for a response. The parameter inapplicable holds the fields of the slots and items that do
// not apply.
func stepBody(
	def *procedure.Step, s *run.Step, inapplicable []string, texts procedure.Localizer, numbers numberForm,
) api.RunStep {
	body := api.RunStep{
		Key: def.Key, Title: texts.Step(def), State: api.StepState(s.State),
		Visit: s.Number, EarlierVisits: len(s.Earlier), Reason: optional(s.Reason),
		CommittedAt: timeBody(s.CommittedAt), CommittedBy: optional(s.CommittedBy), Amended: s.Amended,
		Slots: api.Values{}, Origins: api.Origins{}, Sensitive: []string{}, Erased: []string{},
		NotApplicable: append([]string{}, inapplicable...), Checklist: []api.RunChecklistItem{},
	}
	for j := range s.Slots {
		sv, name := s.Slots[j], def.Slots[j].Name
		if sv.Value.IsAbsent() {
			continue
		}
		body.Slots[name], body.Origins[name] = valueBody(sv.Value, numbers), api.Origin(sv.Origin)
		switch {
		case sv.IsErased():
			body.Erased = append(body.Erased, name)
		case sv.Value.Shape() == slot.SealedShape:
			body.Sensitive = append(body.Sensitive, name)
		}
	}
	if s.ReasonErased() { // unambiguous: a skipped step has no values, so none of its slots is listed
		body.Erased = append(body.Erased, "reason")
	}
	excluded := make(map[string]bool, len(inapplicable))
	for _, field := range inapplicable {
		excluded[field] = true
	}
	for j, it := range s.Items {
		if excluded[checklist.FieldOf(it.Key)] {
			continue
		}
		body.Checklist = append(body.Checklist, api.RunChecklistItem{
			Key: it.Key, Label: texts.Item(&def.Items[j]), Required: def.Items[j].Required, Completed: it.Completed,
			CompletedAt: timeBody(it.At), CompletedBy: optional(it.By),
		})
	}
	return body
}

// valueBody returns a value as JSON. A number keeps its digits; a sensitive value is null.
func valueBody(v slot.Value, numbers numberForm) json.RawMessage {
	switch v.Shape() {
	case slot.NumberShape:
		if numbers == stringNumbers {
			return json.RawMessage(`"` + v.Text() + `"`)
		}
		return json.RawMessage(v.Text())
	case slot.SealedShape:
		return json.RawMessage("null")
	}
	return v.AppendCanonical(nil)
}

// requireSameJSON compares runJSON with the generic encoder, in both forms of numbers.
func requireSameJSON(t require.TestingT, r run.Run, texts procedure.Localizer, warnings []problemIssue) {
	outlook := r.Outlook(context.Background())
	for _, numbers := range []numberForm{jsonNumbers, stringNumbers, jsonNumbers} {
		body := runBody(r, outlook, texts, numbers)
		for _, w := range warnings {
			body.Warnings = append(body.Warnings, api.Issue{Field: w.Field, Code: w.Code, Params: w.Params, Message: w.Message})
		}
		want, wantErr := v2.Marshal(body, v2.Deterministic(true))
		got, gotErr := runJSON(r, outlook, texts, numbers, warnings)
		require.Equal(t, wantErr == nil, gotErr == nil, "%v, %v", wantErr, gotErr)
		if wantErr == nil {
			require.Equal(t, string(want), string(got))
		}
	}
}

// awkward are texts that need care in JSON.
var awkward = []string{
	"", "plain", `quote " and \\`, "<&>'", "\u2028\u2029", "\x00\x1f\x7f\t\n\r\b\f", "é ü ß 漢字", "🙂", "\ufeff\ufffd",
	"not UTF-8 \xff", "half \xed\xa0\x80",
}

func TestRunsAreEncodedAsByTheGenericEncoder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := runtest.Version(cel.Language{}).Draw(t, "version")
		metadata := rapid.SampledFrom([][]byte{nil, []byte(`{"on":true}`), []byte(`{ "b" : 1e400, "a":"\u0041\u2028/<" }`)})
		r, _ := runtest.BeginWith(t, v, metadata.Draw(t, "metadata"))
		var secrets runtest.Secrets
		text := rapid.SampledFrom(awkward)
		for n := range rapid.IntRange(0, 15).Draw(t, "commands") {
			requireSameJSON(t, r, v.In(nil), nil)
			command := secrets.Add(r, runtest.Command(t, r))
			stamp := run.Stamp{By: access.Unproven(text.Draw(t, "actor"))}
			stamp.At = runtest.Epoch.Add(time.Duration(n+1) * time.Second)
			d, err := run.Decide(context.Background(), r, command, stamp)
			if err != nil {
				continue
			}
			secrets.Keep(d)
			r, err = run.Fold(r, d.Events)
			require.NoError(t, err)
		}
		r.Reference, r.UserID, r.ID = text.Draw(t, "reference"), text.Draw(t, "user"), text.Draw(t, "id")
		requireSameJSON(t, r, v.In(nil), nil)
		r.Erased = rapid.SampledFrom([][]run.ErasedText{
			nil, {run.ErasedUserID}, {run.ErasedMetadata}, {run.ErasedMetadata, run.ErasedUserID},
		}).Draw(t, "erased")
		r.Failure = &run.Failure{Reason: text.Draw(t, "reason"), At: runtest.Epoch, By: text.Draw(t, "by")}
		requireSameJSON(t, r, v.In(nil), nil)
	})
}

func TestEveryPercentageIsEncodedAsByTheGenericEncoder(t *testing.T) {
	for total := range 41 {
		for completed := range total + 1 {
			p := run.Progress{Checklist: run.ChecklistProgress{Total: total, Completed: completed}}
			want, err := v2.Marshal(map[string]any{"progress": progressBody(p)})
			require.NoError(t, err)
			got, err := buildJSON(func(j *jsonBuffer) { j.begin(); j.progress(p); j.close('}') })
			require.NoError(t, err)
			require.Equal(t, string(want), string(got))
		}
	}
}

func TestWarningsAndTranslationsAreEncodedAsByTheGenericEncoder(t *testing.T) {
	v := runtest.MustVersion(t, []byte(`{"id":"p","name":"P","language":"fr","steps":[{"key":"s","title":"Étape <1>",
		"translations":{"en":{"title":"Step \"1\""}},"checklist_items":[{"key":"i","label":"Vu","required":true,
		"translations":{"en":{"label":"Seen & done"}}}],"slots":[{"name":"zz","type":"string"},{"name":"a_1","type":"number"},
		{"name":"a","type":"multi_enum","options":["x","y"]}]}]}`), cel.Language{})
	r, _ := runtest.Begin(t, v)
	d, err := run.Decide(t.Context(), r, run.Draft{Submission: run.Submission{Step: "s", Slots: map[string][]byte{
		"zz": []byte(`"é<\"/"`), "a_1": []byte("1.50"), "a": []byte(`["y","x"]`),
	}}}, run.Stamp{By: access.Unproven("ann"), At: runtest.Epoch})
	require.NoError(t, err)
	r, err = run.Fold(r, d.Events)
	require.NoError(t, err)
	for _, language := range []string{"", "fr", "en", "de"} {
		c := &call{locale: i18n.Accept(language)}
		warnings := c.issues([]fault.Issue{
			{Code: "erasure.cache"}, {Field: "a", Code: "erasure.files", Params: fault.Params{"z": 1, "b": fmt.Sprint("<", language)}},
		})
		requireSameJSON(t, r, v.In(c.locale.Wanted()), warnings)
	}
}

func BenchmarkRunJSON(b *testing.B) {
	v := runtest.MustVersion(b, []byte(`{"id":"p","name":"P","steps":[{"key":"s","title":"S","slots":[
		{"name":"a","type":"string"},{"name":"b","type":"number"}],"checklist_items":[{"key":"i","label":"I"}]},
		{"key":"t","title":"T"},{"key":"u","title":"U"},{"key":"v","title":"V"},{"key":"w","title":"W"}]}`), cel.Language{})
	r, _ := runtest.Begin(b, v)
	outlook := r.Outlook(b.Context())
	b.Run("append", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, err := runJSON(r, outlook, v.In(nil), jsonNumbers, nil)
			require.NoError(b, err)
		}
	})
	b.Run("generic", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, err := v2.Marshal(runBody(r, outlook, v.In(nil), jsonNumbers), v2.Deterministic(true))
			require.NoError(b, err)
		}
	})
}
