package mcp

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/api/client"
)

// The issue of a condition that cannot be evaluated has no field.
func TestAnIssueWithoutAFieldIsShownByItsMessage(t *testing.T) {
	p := problem{Detail: "Refused.", Issues: []client.Issue{
		{Message: "The condition failed.", Code: "condition.failed"},
		{Field: "slots.a", Message: "A value is required.", Code: "validation.required"},
	}}
	require.Equal(t, "Refused.\n- The condition failed. (condition.failed)\n"+
		"- slots.a: A value is required. (validation.required)", p.text())
}
