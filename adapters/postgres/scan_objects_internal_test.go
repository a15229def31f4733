package postgres

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The first text is the wording of PostgreSQL 15, the second that of PostgreSQL 16 and 17.
func TestViewsOfOneTableAreWordedAlike(t *testing.T) {
	const before = "kind v,  SELECT audit_events.seq,\n    upper(audit_events.actor) AS a,\n" +
		"    audit_events.canonical::json -> 'payload'::text AS payload\n   FROM audit_events;"
	const since = "kind v,  SELECT seq,\n    upper(actor) AS a,\n" +
		"    canonical::json -> 'payload'::text AS payload\n   FROM audit_events;"
	require.Equal(t, since, unqualified(before))
	require.Equal(t, since, unqualified(since))
	for _, different := range []string{
		strings.Replace(before, "'payload'", "'audit_events.payload'", 1),
		strings.Replace(before, "'payload'", "' audit_events.payload'", 1),
		strings.Replace(before, "FROM audit_events", "FROM audit_events e", 1),
		strings.Replace(before, "FROM audit_events", "FROM elsewhere.audit_events", 1),
		strings.Replace(before, ";", "\n  WHERE audit_events.seq > 3;", 1),
	} {
		require.NotEqual(t, since, unqualified(different))
	}
}
