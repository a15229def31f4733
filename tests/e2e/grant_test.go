package e2e

import (
	"context"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// grantee is a database that is migrated as its owner, and a role that has the rights of migrate grant.
type grantee struct {
	t             *testing.T
	role          string
	owner, direct string // URLs of the owner and of the role, without a pooler
}

// grantTo creates a role and a migrated database, and runs migrate grant.
func grantTo(t *testing.T, role string) grantee {
	t.Helper()
	cluster.CreateRole(t, role, "LOGIN")
	owner := cluster.Blank(t)
	g := grantee{t: t, role: role, owner: owner, direct: cluster.As(t, owner, role)}
	g.succeeds("migrate", "up", "--database-url", owner)
	out := g.succeeds("migrate", "grant", role, "--database-url", owner)
	require.Contains(t, out, "SELECT, INSERT, UPDATE (disclosures) ON audit_events\n")
	require.Contains(t, out, "The role “"+role+"” has exactly these rights")
	return g
}

// succeeds runs a command that must succeed, and returns its output.
func (g grantee) succeeds(args ...string) string {
	g.t.Helper()
	out, stderr, status := procedo(g.t, g.t.TempDir(), args...)
	require.Zero(g.t, status, "%v: %s%s", args, out, stderr)
	return out
}

// fails runs a command that must fail, and returns what it says.
func (g grantee) fails(lang string, args ...string) string {
	g.t.Helper()
	_, stderr, status := procedoIn(g.t, g.t.TempDir(), lang, args...)
	require.Equal(g.t, 1, status, args)
	return stderr
}

func TestTheServiceRunsBehindPgBouncerWithOnlyTheRightsThatItNeeds(t *testing.T) {
	const role = `The "service", at night`
	g := grantTo(t, role)
	pooler, err := cluster.StartPgBouncer(t.Context(), []string{role})
	require.NoError(t, err)
	t.Cleanup(pooler.Stop)
	dir, url := t.TempDir(), pooler.URL(t, g.owner, role)
	private, public := key(t, dir, "alice")
	trail := filepath.Join(dir, "trail.jsonl")
	s := serve(t, dir, "--migrate", "--database-url", url, "--demo", "--audit-key-file", private,
		"--checkpoint-every", "1s", "--audit-sink", "file:"+trail)

	run := s.startRun(demo)
	for i := range demoSteps {
		s.commitDemoStep(run, i)
	}
	waitForText(t, trail, `"checkpoint"`)
	waitForText(t, trail, `"run.completed"`)
	on := []string{"--database-url", url}
	and := func(args ...string) []string { return append(args, on...) }
	g.succeeds(and("audit", "checkpoint", "--audit-key-file", private)...)
	require.Contains(t, g.succeeds(and("audit", "verify", "--key", public)...), "0 findings")
	g.succeeds(and("audit", "erase", "--run", run, "--event", "1", "--place", "/user_id", "--reason", "asked for",
		"--yes")...)
	export := filepath.Join(dir, "export.jsonl")
	g.succeeds(and("audit", "export", "-o", export)...)
	require.Contains(t, g.succeeds("audit", "verify", export), "0 findings")
	require.Contains(t, g.succeeds(and("audit", "verify", "--key", public)...), "0 findings")
	require.Zero(t, s.signal(syscall.SIGTERM))

	require.Contains(t, g.succeeds(and("migrate", "status")...), "applied")
	require.Contains(t, g.succeeds(and("migrate", "up")...), "up to date")
	for _, command := range [][]string{{"migrate", "down", "--yes"}, {"migrate", "grant", role}} {
		require.Contains(t, g.fails("C", and(command...)...), "Only the owner of the tables", command)
	}
}

func TestServeSaysWhichSettingOfPgBouncerItNeeds(t *testing.T) {
	g := grantTo(t, "behind a pooler")
	for _, c := range []struct{ setting, want, french string }{
		{"max_prepared_statements = 0", "max_prepared_statements is above 0", "max_prepared_statements est supérieur à 0"},
		{"pool_mode = statement", "pool_mode = transaction in PgBouncer", "indiquez pool_mode = transaction"},
	} {
		pooler, err := cluster.StartPgBouncer(t.Context(), []string{g.role}, c.setting)
		require.NoError(t, err)
		defer pooler.Stop()
		url := pooler.URL(t, g.owner, g.role)
		require.Contains(t, g.fails("C", "serve", "--database-url", url), c.want)
		require.Contains(t, g.fails("fr", "serve", "--database-url", url), c.french)
	}
}

func TestServeNamesTheRightsThatTheRoleLacks(t *testing.T) {
	g := grantTo(t, "lacks some")
	g.succeeds("migrate", "down", "--yes", "--database-url", g.owner)
	require.Contains(t, g.fails("C", "serve", "--migrate", "--database-url", g.direct), "Only the owner of the tables may")
	require.Contains(t, g.fails("fr", "serve", "--migrate", "--database-url", g.direct), "Seul le propriétaire")
	g.succeeds("migrate", "up", "--database-url", g.owner)
	g.succeeds("migrate", "grant", g.role, "--database-url", g.owner)
	conn, err := pgx.Connect(t.Context(), g.owner)
	require.NoError(t, err)
	defer conn.Close(context.Background()) //nolint:errcheck // the test is over
	_, err = conn.Exec(t.Context(), `REVOKE INSERT ON runs FROM "lacks some"`)
	require.NoError(t, err)
	require.Contains(t, g.fails("C", "serve", "--database-url", g.direct), "lacks rights: INSERT ON runs")
	french := g.fails("fr", "serve", "--database-url", g.direct)
	require.Contains(t, french, "Il manque des droits au rôle «\u00a0lacks some\u00a0»")
	g.succeeds("migrate", "grant", g.role, "--database-url", g.owner)
	serve(t, t.TempDir(), "--database-url", g.direct)
}

func TestMigrateGrantSaysWhyItRefuses(t *testing.T) {
	owner := cluster.Blank(t)
	g := grantee{t: t, owner: owner}
	require.Contains(t, g.fails("C", "migrate", "grant", "any", "--database-url", owner), "has not been applied")
	g.succeeds("migrate", "up", "--database-url", owner)
	for role, want := range map[string][2]string{
		"no body":  {`CREATE ROLE "no body" LOGIN`, "Le rôle «\u00a0no body\u00a0» n’existe pas"},
		"postgres": {"is a superuser, the owner", "est superutilisateur"},
	} {
		require.Contains(t, g.fails("C", "migrate", "grant", role, "--database-url", owner), want[0])
		require.Contains(t, g.fails("fr", "migrate", "grant", role, "--database-url", owner), want[1])
	}
	sqlite := "sqlite:" + filepath.Join(t.TempDir(), "x.db")
	require.Contains(t, g.fails("C", "migrate", "grant", "any", "--database-url", sqlite), "SQLite database has no roles")
	require.Contains(t, g.fails("fr", "migrate", "grant", "any", "--database-url", sqlite), "n’a pas de rôles")
	out, _, _ := procedoIn(t, t.TempDir(), "fr", "migrate", "grant", "--help")
	require.Contains(t, strings.Join(strings.Fields(out), " "), "exactement les droits nécessaires au service")
}
