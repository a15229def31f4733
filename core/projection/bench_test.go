package projection_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/runtest"
)

// BenchmarkDiff measures Diff for one commit in a run of twenty steps with four slots each.
func BenchmarkDiff(b *testing.B) {
	var steps []string
	for i := range 20 {
		steps = append(steps, fmt.Sprintf(`{"key":"s%d","title":"S","slots":[
			{"name":"a","type":"string"},{"name":"b","type":"string"},
			{"name":"c","type":"string"},{"name":"d","type":"string"}]}`, i))
	}
	v := runtest.MustVersion(b, []byte(`{"id":"p","name":"P","steps":[`+strings.Join(steps, ",")+`]}`), cel.Language{})
	before, _ := runtest.Begin(b, v)
	values := map[string][]byte{"a": []byte(`"x"`), "b": []byte(`"x"`), "c": []byte(`"x"`), "d": []byte(`"x"`)}
	commit := func(r run.Run, step int) run.Run {
		submission := run.Submission{Step: fmt.Sprint("s", step), Slots: values}
		d, err := run.Decide(context.Background(), r, run.Commit{Submission: submission}, run.Stamp{By: access.Unproven("ann"), At: runtest.Epoch})
		require.NoError(b, err)
		after, err := run.Fold(r, d.Events)
		require.NoError(b, err)
		return after
	}
	for i := range 10 {
		before = commit(before, i)
	}
	after := commit(before, 10)
	b.ReportAllocs()
	for b.Loop() {
		projection.Diff(before, after, nil)
	}
}
