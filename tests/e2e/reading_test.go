package e2e

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/tests/containers"
)

// readsAll runs all commands that only read, and returns the export.
func (g grantee) readsAll(url, run string) string {
	g.t.Helper()
	on := []string{"--database-url", url}
	require.Contains(g.t, g.succeeds(append([]string{"audit", "verify"}, on...)...), "checked: 0 findings\n")
	require.Contains(g.t, g.succeeds(append([]string{"list"}, on...)...), run)
	require.Contains(g.t, g.succeeds(append([]string{"show", run}, on...)...), run)
	require.Contains(g.t, g.succeeds(append([]string{"migrate", "status"}, on...)...), "applied")
	return g.succeeds(append([]string{"audit", "export"}, on...)...)
}

// startedRun loads the demo into a database, starts a run of it and returns the run's id.
func (g grantee) startedRun(url string) (run string) {
	g.t.Helper()
	g.succeeds("load", absolute(g.t, "../../docs/procedures/demo.json"), "--database-url", url)
	s := serve(g.t, g.t.TempDir(), "--database-url", url)
	return s.startRun(demo)
}

func TestAnAuditorReadsWithTheRightToReadAndNoOther(t *testing.T) {
	const auditor = `The "auditor"`
	cluster.CreateRole(t, auditor, "LOGIN")
	g := grantTo(t, "audited service")
	run := g.startedRun(g.direct)
	url := cluster.As(t, g.owner, auditor)
	require.Contains(t, g.fails("C", "audit", "verify", "--database-url", url),
		`The role “`+auditor+`” lacks rights: SELECT ON`)
	out := g.succeeds("migrate", "grant", auditor, "--read-only", "--database-url", g.owner)
	require.Contains(t, out, "SELECT ON audit_events\n")
	for _, more := range []string{"INSERT", "UPDATE", "DELETE", "sessions", "service_keys", "idempotency_keys"} {
		require.NotContains(t, out, more)
	}
	export := g.readsAll(url, run)
	require.Equal(t, export, g.readsAll(g.owner, run))
	require.Contains(t, g.succeeds("audit", "verify", "--database-url", url),
		"the indexes of audit_deliveries, idempotency_keys, procedure_list, service_keys, sessions were not compared")

	private, _ := key(t, t.TempDir(), "alice")
	require.Contains(t, g.fails("C", "audit", "checkpoint", "--audit-key-file", private, "--database-url", url),
		"INSERT ON audit_checkpoints")
	file := "sqlite:" + filepath.Join(t.TempDir(), "copy.db")
	require.Contains(t, g.fails("C", "copy", "--from", url, "--to", file),
		"lacks rights: SELECT ON audit_deliveries, SELECT ON idempotency_keys, SELECT ON procedure_list, "+
			"SELECT ON service_keys. Give the URL of the owner of the tables in --from.")

	_, err := openDatabase(t, []string{"--database-url", g.owner}).Exec(
		"REVOKE SELECT ON runs FROM " + pgx.Identifier{auditor}.Sanitize())
	require.NoError(t, err)
	for _, command := range [][]string{{"audit", "verify"}, {"audit", "export"}, {"list"}, {"show", run}} {
		command = append(command, "--database-url", url)
		require.Contains(t, g.fails("C", command...), "lacks rights: SELECT ON runs. "+
			"The owner of the tables can grant them with procedo migrate grant --read-only.", command)
		require.Contains(t, g.fails("fr", command...), "Il manque des droits au rôle", command)
	}
}

func TestADatabaseThatRefusesWritesIsReadAndCopied(t *testing.T) {
	g := grantTo(t, "reads only")
	run := g.startedRun(g.direct)
	_, err := openDatabase(t, []string{"--database-url", g.owner}).Exec(
		`ALTER ROLE "reads only" SET default_transaction_read_only TO on`)
	require.NoError(t, err)
	require.Contains(t, g.readsAll(g.direct, run), run)
	file := "sqlite:" + filepath.Join(t.TempDir(), "copy.db")
	require.Contains(t, g.succeeds("copy", "--from", g.direct, "--to", file), "checked: 0 findings\n")
	private, _ := key(t, t.TempDir(), "alice")
	require.Contains(t, g.fails("C", "audit", "checkpoint", "--audit-key-file", private, "--database-url", g.direct),
		"The database accepts no changes at the moment")
}

func TestAStandbyIsRead(t *testing.T) {
	primary := containers.StartNode(t, containers.NodeConfig{})
	g := grantee{t: t}
	url := primary.URL("postgres")
	g.succeeds("migrate", "up", "--database-url", url)
	run := g.startedRun(url)
	standby := containers.StartNode(t, containers.NodeConfig{Primary: primary}).URL("postgres")
	require.Equal(t, g.readsAll(url, run), g.readsAll(standby, run))
	require.Contains(t, strings.ToLower(g.fails("C", "serve", "--database-url", standby)), "read-only")
}
