package app_test

import (
	"context"
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/verify"
)

// storedVersion is a version that fails a check of definitions today, but was saved before the check existed.
type storedVersion struct {
	document string
	commits  []string // the commits of a run of the version, each of the form `step name=value …`
	fails    bool     // the run cannot be completed, so the test fails it after the commits
}

// ofSlot returns a version with a step s that has an optional slot x. members are the JSON members of the slot that
// follow its name.
func ofSlot(members, commit string) storedVersion {
	doc := stepsOf(`"key":"s","title":"S","slots":[{"name":"x","required":false,` + members + `}]`)
	return storedVersion{document: doc, commits: []string{commit}}
}

// ofSteps returns a version with the given steps, each written as its JSON members. The commits are separated by "; ".
func ofSteps(commits string, steps ...string) storedVersion {
	return storedVersion{document: stepsOf(steps...), commits: strings.Split(commits, "; ")}
}

// storedVersions holds versions by the code of the issue that they have today. For a new check of definitions, add a
// version in canonical form, in which it would have been stored: numeric bounds and defaults are strings.
var storedVersions = map[string][]storedVersion{
	"blank": {
		ofSteps("s", "\"key\":\"s\",\"title\":\"\u200b\""),
		ofSlot("\"label\":\"\u3164\",\"type\":\"enum\",\"options\":[\"a\",\"\u200b\"]", `s x="a"`),
	},
	"name": {ofSteps("s", `"key":"s","title":"S","slots":[{"name":"a-b","type":"string","required":false}]`)},
	"reserved": {
		ofSteps(`s for="a"`, `"key":"s","title":"S","slots":[{"name":"for","type":"string"}]`),
		ofSteps(`run.metadata x="a"; t`,
			`"key":"run.metadata","slots":[{"name":"x","type":"string"}],"title":"S"`,
			`"key":"t","title":"T","when":"steps['run.metadata'].x != run.metadata.?x.orValue('')"`),
	},
	"duplicate": {
		ofSlot("\"type\":\"enum\",\"options\":[\"\u00e9\",\"e\u0301\"]", "s x=\"e\u0301\""),
		ofSlot("\"type\":\"multi_enum\",\"options\":[\"e\u0301\",\"\u00e9\"]", "s x=[\"\u00e9\",\"e\u0301\"]"),
		ofSteps("s", `"key":"s","title":"S","translations":{"FR":{"title":"E"},"fr":{"title":"É"}}`),
	},
	"options_required":          {ofSlot(`"type":"enum"`, "s")},
	"mask":                      {ofSlot(`"type":"string","mask":"--"`, `s x="--"`)},
	"range":                     {ofSlot(`"type":"integer","min":"2","max":"1"`, "s")},
	"constraint_not_applicable": {ofSlot(`"type":"integer","min_length":3`, "s x=1")},
	"value": {
		ofSlot(`"type":"string","max_length":9999999`, `s x="a"`),
		{document: `{"id":"p","max_visits":5000,"name":"P","steps":[{"key":"s","title":"S"}]}`, commits: []string{"s"}},
	},
	"default": {
		ofSlot(`"type":"integer","default":"4","max":"3"`, "s x=3"),
		ofSlot("\"type\":\"string\",\"default\":\"\u200b\"", `s x="a"`),
		ofSlot(`"type":"multi_enum","options":["a"],"default":["b"]`, `s x=["a"]`),
	},
	"control_character": {ofSlot(`"type":"integer","unit":"k\ng"`, "s x=1")},
	"sensitive_default": {
		ofSlot(`"type":"string","sensitive":true,"default":"a"`, `s x="b"`),
		ofSlot(`"type":"boolean","sensitive":true,"default":true`, `s x=true`),
	},
	"unfillable": {
		ofSlot(`"type":"string","mask":"XX","max_length":1`, "s"),
		ofSlot(`"type":"string","mask":"XX","validate":"[a-z]*"`, "s"),
		ofSlot(`"type":"email","validate":"[a-z]*"`, "s"),
		ofSlot(`"type":"multi_enum","options":["a"],"min_length":2`, "s"),
		ofSlot(`"type":"integer","min":"0.5","max":"0.6"`, "s"),
		ofSlot(`"type":"number","decimals":1,"min":"0.51","max":"0.59"`, "s"),
	},
	"language": {
		{document: `{"id":"p","language":"not a tag","name":"P","steps":[{"key":"s","title":"S"}]}`, commits: []string{"s"}},
		{document: `{"id":"p","language":"fr_FR","name":"P","steps":[{"key":"s","title":"S"}]}`, commits: []string{"s"}},
		ofSteps("s", `"key":"s","title":"S","translations":{"!":{"title":"T"}}`),
	},
	"unknown_option": {
		ofSlot(`"type":"enum","options":["a"],"translations":{"en":{"options":{"b":"B"}}}`, `s x="a"`),
	},
	"time_zone": {{
		document: `{"id":"p","name":"P","steps":[{"key":"s","title":"S"}],"time_zone":"Mars/Olympus_Mons"}`,
		commits:  []string{"s"},
	}},
	"region": {ofSlot(`"type":"phone","metadata":{"region":"XX"}`, `s x="+41446681800"`)},
	"transition_order": {
		ofSteps("s", `"key":"s","title":"S","transitions":[{"to":"end"},{"to":"end","when":"run.metadata.x == 1"}]`),
	},
	"unreachable": {ofSteps("s", `"key":"s","title":"S","transitions":[{"to":"end"}]`, `"key":"t","title":"T"`)},
	"no_way_out":  {failing(ofSteps("s; s", `"key":"s","title":"S","transitions":[{"to":"s"}]`))},
	"no_end": {failing(ofSteps("s; t; u",
		`"key":"s","title":"S"`, `"key":"t","title":"T"`, `"key":"u","title":"U","transitions":[{"to":"t"}]`,
	))},
	"condition_constant": {ofSteps("s; t", `"key":"s","title":"S"`, `"key":"t","title":"T","when":"1 == 1"`)},
	"condition_division": {ofSteps("s x=3; t",
		`"key":"s","title":"S","slots":[{"name":"x","type":"integer"}]`, `"key":"t","title":"T","when":"s.x / 2 == 1"`,
	)},
	"condition_number": {ofSteps("s x=3.5; t",
		`"key":"s","title":"S","slots":[{"name":"x","type":"number"}]`, `"key":"t","title":"T","when":"s.x < 1e200"`,
	)},
	"condition_literal": {
		ofSteps(`s x="a"`,
			`"key":"s","title":"S","slots":[{"name":"x","type":"enum","options":["a","b"]}]`,
			`"key":"t","title":"T","when":"s.x in ['b', 'c']"`),
		ofSteps(`s x="09:00:00"`,
			`"key":"s","title":"S","slots":[{"name":"x","type":"time"}]`, `"key":"t","title":"T","when":"s.x == '09:00'"`),
		ofSteps(`s x="2026-11-28"`,
			`"key":"s","title":"S","slots":[{"name":"x","type":"date"}]`,
			`"key":"t","title":"T","when":"s.x == '28.11.2026'"`),
	},
	"condition_type": {
		ofSteps(`s x="2026-11-28"`,
			`"key":"s","title":"S","slots":[{"name":"x","type":"date"}]`,
			`"key":"t","title":"T","when":"s.x != '2026-11-28' && timestamp(s.x) > timestamp('2026-11-28T00:00:00Z')"`),
		ofSteps(`s x=["a"]`,
			`"key":"s","title":"S","slots":[{"name":"x","options":["a"],"type":"multi_enum"}]`,
			`"key":"t","title":"T","when":"size(s.x) > 1 && s.x[5] == 'a'"`),
		ofSteps(`s x="a"`,
			`"key":"s","title":"S","slots":[{"name":"x","type":"string"}]`,
			`"key":"t","title":"T","when":"s.x != 'a' && dyn(s.x) > 5"`),
	},
	"condition_uncollected": {ofSteps("s; t x=true",
		`"key":"s","title":"S","when":"!has(t.x)"`,
		`"key":"t","title":"T","slots":[{"name":"x","type":"boolean"}]`,
	)},
	"condition_unguarded": {ofSteps("s x=true; t",
		`"key":"s","title":"S","slots":[{"name":"x","type":"boolean","required":false}]`,
		`"key":"t","title":"T","when":"s.x"`,
	)},
}

func failing(v storedVersion) storedVersion {
	v.fails = true
	return v
}

func stepsOf(steps ...string) string {
	return `{"id":"p","name":"P","steps":[{` + strings.Join(steps, "},{") + `}]}`
}

// notStored holds the codes of issues that no stored version can have. They are about the structure, about members
// that were added together with the check, about the request that saves a version, or about the cost, for which
// TestAStoredDefinitionStaysReadableWhateverItCosts has definitions; the others are warnings.
var notStored = strings.Fields("unknown_member wrong_type required no_steps format unknown_type bound pattern " +
	"unknown_step condition condition_type condition_unknown condition_sensitive condition_limit " +
	"number unknown_slot unknown_value similar_option dropped unchanged read_only id_mismatch " +
	"pattern_limit condition_cost translation_limit option_limit")

func TestThereIsAStoredVersionForEachCheckOfDefinitions(t *testing.T) {
	data, err := os.ReadFile("../../adapters/i18n/messages/active.en.json")
	require.NoError(t, err)
	var messages map[string]any
	require.NoError(t, json.Unmarshal(data, &messages))
	for id := range messages {
		code, ok := strings.CutPrefix(id, "definition.")
		if ok && !strings.Contains(code, ".") && !slices.Contains(notStored, code) {
			require.Contains(t, storedVersions, code)
		}
	}
}

func TestEachStoredVersionFailsItsCheckToday(t *testing.T) {
	number := regexp.MustCompile(`"(min|max)":"([0-9.]+)"|"(default)":"([0-9]+)"`)
	for code, versions := range storedVersions {
		for _, c := range versions {
			_, issues := procedure.Read(context.Background(), parse(t, number.ReplaceAllString(c.document, `"$1$3":$2$4`)), cel.Language{})
			require.True(t, slices.ContainsFunc(issues.First, func(is fault.Issue) bool {
				return is.Code == "definition."+code
			}), "%s: %s: %v", code, c.document, issues)
		}
	}
}

func TestVersionSavedBeforeACheckExistedCanBeRunToTheEnd(t *testing.T) {
	for _, code := range slices.Sorted(maps.Keys(storedVersions)) {
		for _, c := range storedVersions[code] {
			t.Run(code, func(t *testing.T) {
				fx := newFixture(t)
				fx.store(c.document)
				view, err := fx.StartRun(t.Context(), ann, app.StartInput{ProcedureID: "p"})
				require.NoError(t, err)
				for _, commit := range c.commits {
					step, values, _ := strings.Cut(commit, " ")
					view, err = fx.Execute(t.Context(), ann, view.ID, run.Commit{Submission: submissionOf(step, values, nil)})
					require.NoError(t, err)
				}
				if c.fails {
					view, err = fx.Execute(t.Context(), ann, view.ID, run.Fail{Reason: "no end"})
					require.NoError(t, err)
				}
				require.True(t, view.State.Final())
				_, err = fx.verify.All(t.Context(), verify.Options{}, func(f audit.Finding) { t.Errorf("%s", f) })
				require.NoError(t, err)
			})
		}
	}
}

// store writes a document as the first version of its procedure, without checking it.
func (fx *fixture) store(document string) {
	fx.t.Helper()
	canonical := jsontext.Value(document)
	require.NoError(fx.t, canonical.Canonicalize())
	rec := procedure.VersionRecord{
		ID: "p", Version: 1, Digest: procedure.Digest(canonical), CreatedAt: fx.ports.Clock.Now(), CreatedBy: "ann",
	}
	v, err := procedure.Compile(rec, canonical, cel.Language{})
	require.NoError(fx.t, err)
	require.Equal(fx.t, string(canonical), string(v.Canonical()))
	after := procedure.RecordOf(v, procedure.Record{})
	payload, err := procedure.MarshalPayload(after)
	require.NoError(fx.t, err)
	event, err := audit.Seal(audit.Procedure("p"), audit.Head{}, audit.Entry{
		Action: string(procedure.ActionCreated), Actor: "ann", OccurredAt: v.CreatedAt, Payload: payload,
	})
	require.NoError(fx.t, err)
	after.Head, after.LastEventAt = event.Head(), v.CreatedAt
	require.NoError(fx.t, fx.ports.Procedures.Append(fx.t.Context(), app.ProcedureChange{
		After: after, Publish: v, Events: []audit.Event{event},
	}))
}
