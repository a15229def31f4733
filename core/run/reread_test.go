package run_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/encoding"
	"github.com/procedo/procedo/core/run/runtest"
)

// eachCondition replays a trail as verification does, and calls check with each recorded result of a condition.
func eachCondition(
	t require.TestingT, h *history, check func(misread func(run.ConditionResult) []string, f run.Fact, c run.ConditionResult),
) {
	var rereader run.Rereader
	replay := encoding.NewReplay(h.run.Version, h.run.ID)
	for i := range h.chain {
		before := replay.Run
		fact, err := replay.Next(&h.chain[i])
		require.NoError(t, err)
		for _, c := range run.ConditionsOf(fact) {
			check(func(c run.ConditionResult) []string { return rereader.Misread(before, replay.Run, fact, c) }, fact, c)
		}
		rereader.Next(replay.Run, fact)
	}
}

func TestEveryValueThatAConditionReadIsThatOfTheTrail(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := execute(t, ignore)
		eachCondition(t, h, func(misread func(run.ConditionResult) []string, f run.Fact, c run.ConditionResult) {
			require.Empty(t, misread(c), "%s in %T", c.Condition, f)
		})
	})
}

func TestAnotherValueThanThatOfTheTrailIsMisread(t *testing.T) {
	forged := jsontext.Value(`"forged"`)
	rapid.Check(t, func(t *rapid.T) {
		h := execute(t, ignore)
		eachCondition(t, h, func(misread func(run.ConditionResult) []string, _ run.Fact, c run.ConditionResult) {
			for name := range c.Values {
				c.Values = maps.Clone(c.Values)
				c.Values[name] = forged
				require.Equal(t, []string{name}, misread(c))
				return
			}
		})
	})
}

func TestMisreadNamesValuesThatTheDefinitionDoesNotHave(t *testing.T) {
	doc := jsontext.Value(`{"id":"p","name":"P","steps":[{"key":"run.metadata","slots":[{"name":"x","type":"string"}],` +
		`"title":"A"},{"key":"b","title":"B","when":"run.metadata.y == 1"}]}`) // such a key was allowed
	rec := procedure.VersionRecord{ID: "p", Version: 1, Digest: procedure.Digest(doc)}
	v, err := procedure.Compile(rec, doc, cel.Language{})
	require.NoError(t, err)
	r, _ := runtest.BeginWith(t, v, []byte(`{"x":1,"y":2}`))
	misread := func(condition string, values map[string]jsontext.Value) []string {
		return new(run.Rereader).Misread(r, r, run.Opened{}, run.ConditionResult{Condition: condition, Values: values})
	}
	values := map[string]jsontext.Value{
		"run.metadata.x": jsontext.Value(`1.0`),
		"run.metadata.y": jsontext.Value(`2`),
		"run.metadata.z": jsontext.Value(`null`),
	}
	require.Empty(t, misread("/steps/1/when", values))
	values["run.metadata.x"] = jsontext.Value(`null`) // the value of slot x, which is absent
	require.Empty(t, misread("/steps/1/when", values))
	all := slices.Sorted(maps.Keys(values))
	for _, pointer := range []string{"", "/steps/2/when", "/steps/x/when", "/name"} {
		require.Equal(t, all, misread(pointer, values), pointer)
	}
	unknown := map[string]jsontext.Value{
		"b.x": jsontext.Value(`null`),
		"c.x": jsontext.Value(`1`),
		"x":   jsontext.Value(`1`),
	}
	require.Equal(t, []string{"b.x", "c.x", "x"}, misread("/steps/1/when", unknown))
}
