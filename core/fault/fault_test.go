package fault_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/fault"
)

func TestFromReturnsAnInternalErrorWithAnyOtherErrorAsItsCause(t *testing.T) {
	cause := errors.New("disk on fire")
	f := fault.From(cause)
	require.Equal(t, fault.Internal, f.Kind)
	require.ErrorIs(t, f, cause)
	require.Contains(t, f.Error(), "disk on fire")
}

func TestIsAndFromFindAWrappedError(t *testing.T) {
	f := fault.New(fault.Conflict, "step.out_of_order", fault.Params{"visit": 1})
	wrapped := fmt.Errorf("while: %w", f)
	require.True(t, fault.Is(wrapped, fault.Conflict))
	require.False(t, fault.Is(wrapped, fault.Invalid))
	require.False(t, fault.Is(errors.New("x"), fault.Internal))
	require.Same(t, f, fault.From(wrapped))
	require.Equal(t, "conflict: step.out_of_order", f.Error())
	require.NotSame(t, f, f.Because(errors.New("why")), "Because returns a copy")
}

func TestEveryKindHasAName(t *testing.T) {
	for k := fault.Malformed; k <= fault.Internal; k++ {
		require.NotContains(t, k.String(), "kind")
	}
	require.Equal(t, "kind 99", fault.Kind(99).String())
	require.Equal(t, fault.Invalid, fault.WithIssues("x", []fault.Issue{{}}).Kind)
}
