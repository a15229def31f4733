package verify

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
)

func TestARefusalIsDescribedByItsFirstIssueOrItsCode(t *testing.T) {
	require.Equal(t, audit.Wrong("refused", "code", "run.closed"),
		describeRefusal(fault.New(fault.Conflict, "run.closed", nil)))
	issues := []fault.Issue{{Code: "required", Field: "slots.a"}, {Code: "min", Field: "slots.b"}}
	require.Equal(t, audit.Wrong("refused_at", "code", "required", "field", "slots.a"),
		describeRefusal(fault.WithIssues("run.invalid", issues)))
}
