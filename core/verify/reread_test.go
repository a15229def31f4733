package verify_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/verify"
)

func TestAValueThatAConditionCannotHaveReadIsAFinding(t *testing.T) {
	fx := newFixture(t)
	fx.save(`{"id":"p","name":"P","steps":[
		{"key":"s","title":"S","slots":[{"name":"a","type":"number"},{"name":"b","type":"string","when":"a > 1"}]},
		{"key":"t","title":"T","when":"s.a > 1"}]}`)
	view, err := fx.StartRun(t.Context(), ann, app.StartInput{ProcedureID: "p"})
	require.NoError(t, err)
	_, err = fx.Execute(t.Context(), ann, view.ID, run.Commit{Submission: submissionOf("s", `a=2.50 b="x"`)})
	require.NoError(t, err)
	b, err := fx.Bundle(t.Context(), view.ID)
	require.NoError(t, err)
	findings := func(b verify.Bundle, o verify.Options) (all []string) {
		b.Verify(cel.Language{}, o, func(f audit.Finding) { all = append(all, i18n.Accept("en").Finding(f)) })
		return all
	}
	require.Empty(t, findings(b, verify.Options{Rules: true}))
	for seq, condition := range map[int]string{4: "/steps/0/slots/1/when", 5: "/steps/1/when"} {
		forged := resealed(t, b, replaceInPayload(seq, `"values":{"s.a":"2.50"}`, `"values":{"s.a":"2.60"}`))
		all := findings(forged, verify.Options{})
		require.Len(t, all, 1)
		require.Contains(t, all[0], "the condition "+condition+" cannot have read this value of s.a")
	}
	outcome := resealed(t, b, replaceInPayload(5, `"result":true`, `"result":false`))
	require.Empty(t, findings(outcome, verify.Options{}), "the outcome of today's rules is only a warning")
	require.NotEmpty(t, ruleWarnings(t, outcome))
}
