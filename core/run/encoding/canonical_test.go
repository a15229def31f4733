package encoding_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/commitment"
	"github.com/procedo/procedo/core/decimal"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/encoding"
	"github.com/procedo/procedo/core/run/runtest"
	"github.com/procedo/procedo/core/slot"
)

// drawFact draws a fact with any content that its fields can hold, also content that no run can have.
type drawFact struct {
	*rapid.T
	version *procedure.Version
}

// texts are texts that are escaped in JSON or in JSON Pointers, or that UTF-16 sorts in another order than UTF-8.
var texts = []string{
	"", "a", "A b", `say "x" \ y`, "two\nlines\t\x00\x1f\x7f", "é", "</script>&", "a/b", "a~b", "~1", "\u2028", "\ufb33",
	"\U0001F600", "\uffee\U00010000", "request_id", "sha256", "a.b", "0", "10", strings.Repeat("long é\n", 1000),
}

func (d drawFact) text() string {
	return rapid.OneOf(rapid.SampledFrom(texts), rapid.String()).Draw(d.T, "text")
}

func (d drawFact) step() int { return rapid.IntRange(0, len(d.version.Steps)-1).Draw(d.T, "step") }

func (d drawFact) number() int {
	return rapid.OneOf(rapid.IntRange(0, 3), rapid.SampledFrom([]int{1 << 53, 1<<53 + 1, math.MaxInt64})).Draw(d.T, "number")
}

func (d drawFact) bool() bool { return rapid.Bool().Draw(d.T, "bool") }

// some draws up to three values.
func some[V any](d drawFact, draw func() V) (all []V) {
	for range rapid.IntRange(0, 3).Draw(d.T, "count") {
		all = append(all, draw())
	}
	return all
}

// json draws any JSON, which need not be in RFC 8785 form.
func (d drawFact) json() jsontext.Value {
	quoted, err := json.Marshal(d.text())
	require.NoError(d, err)
	return rapid.SampledFrom([]jsontext.Value{
		nil, jsontext.Value("null"), jsontext.Value(" null "), jsontext.Value("true"), jsontext.Value("1.0"),
		jsontext.Value("-0"), jsontext.Value("1e21"), jsontext.Value(`"…"`), jsontext.Value(`"\u0041\/"`),
		jsontext.Value(`[ "a", {"z":1,"é":2,"\ud83d\ude00":3,"\ufb33":4,"a":[]} ]`), quoted,
	}).Draw(d.T, "json")
}

func (d drawFact) params() fault.Params {
	values := map[string]any{}
	for range rapid.IntRange(0, 3).Draw(d.T, "count") {
		values[d.text()] = rapid.SampledFrom([]any{
			1, int64(1<<53 + 1), 1.5, "x\u2028", true, nil, []string{"b", "a"}, map[string]int{"b": 1, "a": 2},
		}).Draw(d.T, "param")
	}
	return values
}

func (d drawFact) conditions() []run.ConditionResult {
	return some(d, func() run.ConditionResult {
		r := run.ConditionResult{Condition: d.text(), Expression: d.text(), Result: d.bool()}
		for range rapid.IntRange(0, 12).Draw(d.T, "values") {
			if r.Values == nil {
				r.Values = map[string]jsontext.Value{}
			}
			r.Values[d.text()] = d.json()
		}
		return r
	})
}

func (d drawFact) value() slot.Value {
	return rapid.SampledFrom([]slot.Value{
		{}, slot.TextValue(d.text()), slot.NumberValue(decimal.Decimal("-12.50")), slot.BooleanValue(d.bool()),
		slot.DateValue("2025-03-14"), slot.TimestampValue("2026-11-23T09:30:00+01:00"),
		slot.ListValue([]string{d.text(), d.text()}), slot.ListValue(nil), slot.SealedValue("00ff"), slot.HiddenValue(),
	}).Draw(d.T, "value")
}

// indexes draws some of the numbers below n, in any order.
func (d drawFact) indexes(n int) (all []int) {
	for i := range n {
		all = append(all, i)
	}
	if n == 0 {
		return nil
	}
	return rapid.Permutation(all).Draw(d.T, "indexes")[:rapid.IntRange(0, n).Draw(d.T, "count")]
}

func (d drawFact) content() run.Content {
	c := run.Content{Step: d.step(), Visit: d.number()}
	def := &d.version.Steps[c.Step]
	for _, j := range d.indexes(len(def.Slots)) {
		origin := rapid.SampledFrom([]slot.Origin{"", slot.Manual, slot.Agent, slot.Import}).Draw(d.T, "origin")
		c.Slots = append(c.Slots, run.Entry{Slot: j, SlotValue: run.SlotValue{Value: d.value(), Origin: origin}})
	}
	c.Ticks = some(d, func() checklist.Tick { return checklist.Tick{Key: d.text(), Completed: d.bool()} })
	c.InapplicableSlots, c.ApplicableSlots = d.indexes(len(def.Slots)), d.indexes(len(def.Slots))
	c.InapplicableItems, c.ApplicableItems = d.indexes(len(def.Items)), d.indexes(len(def.Items))
	return c
}

// field draws the field of an issue: of the contract, of the step, or one that the step does not have.
func (d drawFact) field(def *procedure.Step) string {
	name := d.text()
	if len(def.Slots) > 0 && d.bool() {
		name = def.Slots[0].Name
	}
	if len(def.Items) > 0 && d.bool() {
		name = def.Items[0].Key
	}
	return rapid.SampledFrom([]string{"", "slots.", "checklist.", "origins.", "places."}).Draw(d.T, "prefix") + name
}

func (d drawFact) refused(command string) run.Refused {
	i := d.step()
	key := d.version.Steps[i].Key
	if d.bool() {
		key = d.text()
	}
	return run.Refused{
		Command: command, Step: key, Code: d.text(), Params: d.params(), Omitted: d.number(), Input: d.text(),
		Partial: d.bool(), Unrecorded: d.number(), Issues: some(d, func() fault.Issue {
			return fault.Issue{Field: d.field(&d.version.Steps[i]), Code: d.text(), Params: d.params()}
		}),
	}
}

func (d drawFact) erased() run.ContentErased {
	targets := []run.ErasedText{run.ErasedReference, run.ErasedUserID, run.ErasedMetadata, run.ErasedSkipReason}
	f := run.ContentErased{Reason: d.text(), Places: some(d, func() commitment.Place {
		return commitment.Place{Seq: int64(d.number()), Pointer: d.text()}
	})}
	f.Targets = some(d, func() run.ErasedTarget {
		t := run.ErasedTarget{Text: rapid.SampledFrom(targets).Draw(d.T, "target"), Step: d.step(), Visit: d.number()}
		if len(d.version.Steps[t.Step].Slots) > 0 && d.bool() {
			t.Text = ""
		}
		return t
	})
	return f
}

// actions are the facts that can be drawn, one or more for each action.
var actions = map[run.Action]func(d drawFact) run.Fact{
	run.ActionCreated: func(d drawFact) run.Fact {
		return run.Created{UserID: d.text(), Reference: d.text(), Metadata: d.json()}
	},
	run.ActionStarted: func(drawFact) run.Fact { return run.Started{} },
	run.ActionOpened: func(d drawFact) run.Fact {
		f := run.Opened{Step: d.step(), Visit: d.number(), Conditions: d.conditions()}
		f.Carried = d.indexes(len(d.version.Steps[f.Step].Slots))
		return f
	},
	run.ActionDraftSaved: func(d drawFact) run.Fact { return run.DraftSaved{Content: d.content()} },
	run.ActionCommitted: func(d drawFact) run.Fact {
		return run.StepCommitted{Content: d.content(), Conditions: d.conditions()}
	},
	run.ActionAmended: func(d drawFact) run.Fact {
		return run.Amended{
			Content: d.content(), Reason: d.text(), Conditions: d.conditions(), Divergences: some(d, func() run.Divergence {
				return run.Divergence{Step: d.text(), Condition: d.text(), Expression: d.text(), Decided: d.bool(), Now: d.bool()}
			}),
		}
	},
	run.ActionSkipped: func(d drawFact) run.Fact {
		return run.StepSkipped{Step: d.step(), Visit: d.number(), Reason: d.text()}
	},
	run.ActionNotApplicable: func(d drawFact) run.Fact {
		return run.StepNotApplicable{Step: d.step(), Transition: d.text(), Conditions: d.conditions()}
	},
	run.ActionCompleted:     func(d drawFact) run.Fact { return run.RunCompleted{Conditions: d.conditions()} },
	run.ActionFailed:        func(d drawFact) run.Fact { return run.RunFailed{Reason: d.text()} },
	run.ActionContentErased: func(d drawFact) run.Fact { return d.erased() },
	run.ActionValueErased: func(d drawFact) run.Fact {
		f := run.ValueErased{Step: d.step(), Visit: d.number(), Reason: d.text()}
		if len(d.version.Steps[f.Step].Slots) == 0 {
			d.Skip("the step has no slots")
		}
		return f
	},
	run.ActionRevealed: func(d drawFact) run.Fact {
		f := run.SlotRevealed{Step: d.step(), Visit: d.number(), Reason: d.text()}
		if len(d.version.Steps[f.Step].Slots) == 0 {
			d.Skip("the step has no slots")
		}
		return f
	},
	run.ActionRefused:       func(d drawFact) run.Fact { return d.refused("skip") },
	run.ActionDraftRefused:  func(d drawFact) run.Fact { return d.refused("draft") },
	run.ActionCommitRefused: func(d drawFact) run.Fact { return d.refused("commit") },
}

// TestPayloadsAreWrittenAsAGenericEncoderWritesThem compares the sealed event of any fact with that of a payload which
// the JSON library marshals and puts into RFC 8785 form.
func TestPayloadsAreWrittenAsAGenericEncoderWritesThem(t *testing.T) {
	for action := range encodedFacts(newVersion(t)) {
		require.Contains(t, actions, action)
	}
	salt := func() commitment.Salt { return commitment.Salt{7} }
	head := audit.Head{Seq: 1<<40 + 1, Hash: audit.Genesis}
	var versions []*procedure.Version
	for seed := range 5 {
		versions = append(versions, runtest.Version(cel.Language{}).Example(seed))
	}
	for action, draw := range actions {
		t.Run(string(action), func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				v := rapid.SampledFrom(versions).Draw(rt, "version")
				fact := draw(drawFact{rt, v})
				require.Equal(rt, action, fact.Action())
				entry := audit.Entry{Action: string(action), Actor: "ann", OccurredAt: runtest.Epoch}
				requestID := rapid.SampledFrom(texts).Draw(rt, "request id")

				slow := entry
				slow.Typed, slow.RequestID = audit.NewCommitter(salt), requestID
				var err error
				slow.Payload, err = genericPayload(v, fact, slow.Typed)
				require.NoError(rt, err)
				by := rapid.SampledFrom(principals).Draw(rt, "by")
				slow.Payload = withPrincipal(slow.Payload, by, slow.Typed)
				want, err := audit.Seal(audit.Run("r"), head, slow)
				require.NoError(rt, err)

				direct := entry
				direct.Typed = audit.NewCommitter(salt)
				encoder := encoding.NewEncoder(v, requestID, by, direct.Typed)
				_, err = encoder.Encode(run.RunFailed{Reason: "former"}) // leaves nothing behind
				require.NoError(rt, err)
				direct.Payload, err = encoder.Encode(fact)
				require.NoError(rt, err)
				got, err := audit.SealCanonical(audit.Run("r"), head, direct)
				require.NoError(rt, err)
				require.Equal(rt, want, got)
				require.Empty(rt, new(audit.Checker).Check(&got).Flaws)
			})
		})
	}
}

// principals are of every kind: payloads record those that were authenticated, and no others.
var principals = []*access.Principal{
	nil,
	{ID: "ann"},
	{ID: "corp:7", Via: access.ViaOIDC, Issuer: "https://login.example.com", Name: "Ann", As: "operator"},
	{ID: "token:ci", Via: access.ViaToken, As: "admin", Agent: &access.Agent{Subject: "bot", Name: "Bot"}},
}

// withPrincipal adds the member for a principal to a payload, as its first one.
func withPrincipal(payload []byte, by *access.Principal, committer *audit.Committer) []byte {
	if by == nil || !by.IsProven() {
		return payload
	}
	member := committer.AppendBy([]byte("{"), by)
	if string(payload) == "{}" {
		return append(member, '}')
	}
	return append(append(member, ','), payload[1:]...)
}

func TestAPayloadWithoutACommitterHasNoTypedValue(t *testing.T) {
	v := newVersion(t)
	for _, fact := range []run.Fact{
		run.RunFailed{Reason: "r"},
		run.Created{Metadata: jsontext.Value(`{"a":1}`)},
		run.DraftSaved{Content: run.Content{Slots: []run.Entry{{SlotValue: run.SlotValue{Value: slot.TextValue("x")}}}}},
		run.RunCompleted{Conditions: []run.ConditionResult{{Values: map[string]jsontext.Value{"a": jsontext.Value("1")}}}},
		run.Refused{Issues: []fault.Issue{{Field: "slots.unknown"}}},
	} {
		_, err := encoding.Marshal(v, fact, nil)
		require.Error(t, err, "%T", fact)
	}
	_, err := encoding.NewEncoder(v, "q", nil, nil).Encode(run.Started{})
	require.Error(t, err)
	_, err = encoding.Marshal(v, run.Started{}, nil)
	require.NoError(t, err)
}

func TestAPayloadThatCannotBeReadBackIsNotWritten(t *testing.T) {
	v, entry := newVersion(t), run.Entry{SlotValue: run.SlotValue{Value: slot.TextValue("x")}}
	for name, fact := range map[string]run.Fact{
		"a slot twice":          run.DraftSaved{Content: run.Content{Slots: []run.Entry{entry, entry}}},
		"a value not JSON":      run.Created{Metadata: jsontext.Value(`{"a":1`)},
		"a member twice":        run.Created{Metadata: jsontext.Value(`{"a":1,"a":2}`)},
		"an expression not UTF": run.RunCompleted{Conditions: []run.ConditionResult{{Expression: "\xff"}}},
		"params not JSON":       run.Refused{Params: fault.Params{"f": func() {}}},
	} {
		_, err := encoding.Marshal(v, fact, audit.NewCommitter(func() commitment.Salt { return commitment.Salt{} }))
		require.Error(t, err, name)
	}
}
