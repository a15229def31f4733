package migrate_test

import (
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	procedo "github.com/procedo/procedo/adapters/migrate"
	schema "github.com/procedo/procedo/schema/postgres"
)

// granted is a migrated database with connections of its owner and of a role.
type granted struct {
	t           *testing.T
	role        string
	owner, self *sql.DB
}

// withRole creates a role with attributes, and a migrated database in which it has no rights yet.
func withRole(t *testing.T, role, attributes string) *granted {
	t.Helper()
	cluster.CreateRole(t, role, attributes)
	owned := cluster.Owned(t)
	g := &granted{t: t, role: role}
	for db, url := range map[**sql.DB]string{&g.owner: owned, &g.self: cluster.As(t, owned, role)} {
		opened, err := sql.Open("pgx", url)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, opened.Close()) })
		*db = opened
	}
	return g
}

func (g *granted) quoted() string { return pgx.Identifier{g.role}.Sanitize() }

// run runs statements as the owner. They may contain {role}.
func (g *granted) run(statements ...string) {
	g.t.Helper()
	for _, s := range statements {
		_, err := g.owner.Exec(strings.ReplaceAll(s, "{role}", g.quoted()))
		require.NoError(g.t, err, s)
	}
}

// grant calls Grant as the owner, and returns the rights on tables that the role then holds itself.
func (g *granted) grant() (held []procedo.Right, err error) {
	g.t.Helper()
	_, err = procedo.Postgres.Grant(g.t.Context(), g.owner, g.role, schema.Rights)
	return g.held(), err
}

// held returns the rights on tables that PostgreSQL lists for the role.
func (g *granted) held() (held []procedo.Right) {
	g.t.Helper()
	rows, err := g.owner.Query(`SELECT relname::text, privilege_type FROM pg_class, aclexplode(relacl)
		WHERE relnamespace = 'public'::regnamespace AND grantee = $1::regrole
		UNION ALL SELECT relname::text, privilege_type || ' (' || attname || ')'
		FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid, aclexplode(attacl)
		WHERE relnamespace = 'public'::regnamespace AND grantee = $1::regrole`, g.quoted())
	require.NoError(g.t, err)
	defer rows.Close()
	for rows.Next() {
		var r procedo.Right
		require.NoError(g.t, rows.Scan(&r.On, &r.Right))
		held = append(held, r)
	}
	require.NoError(g.t, rows.Err())
	return held
}

// listed returns the rights of the list.
func listed() (all []procedo.Right) {
	for table, rights := range schema.Rights {
		for _, right := range rights {
			all = append(all, procedo.Right{On: table, Right: right})
		}
	}
	return all
}

func TestTheListOfRightsNamesEveryTableAndView(t *testing.T) {
	g := withRole(t, "lister", "")
	rows, err := g.owner.Query(`SELECT relname FROM pg_class
		WHERE relnamespace = 'public'::regnamespace AND relkind NOT IN ('i', 't', 'c')`)
	require.NoError(t, err)
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		require.NoError(t, rows.Scan(&name))
		names = append(names, name)
	}
	require.NoError(t, rows.Err())
	require.ElementsMatch(t, names, slices.Collect(maps.Keys(schema.Rights)))
}

func TestGrantLeavesExactlyTheRightsOfTheList(t *testing.T) {
	for name, before := range map[string][]string{
		"nothing": nil,
		"everything": {
			"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role} WITH GRANT OPTION", "GRANT ALL ON SCHEMA public TO {role}",
		},
		"columns":      {"GRANT UPDATE (canonical, hash), INSERT (seq) ON audit_events TO {role}"},
		"rights of it": {"GRANT DELETE ON audit_events TO {role}", "GRANT SELECT ON audit_event_payloads TO {role}"},
	} {
		t.Run(name, func(t *testing.T) {
			g := withRole(t, "exact "+name, "LOGIN")
			g.run(before...)
			for range 2 { // the second call changes nothing
				held, err := g.grant()
				require.NoError(t, err)
				require.ElementsMatch(t, listed(), held)
			}
			var mayCreate bool
			require.NoError(t, g.self.QueryRow("SELECT has_schema_privilege('public', 'CREATE')").Scan(&mayCreate))
			require.False(t, mayCreate)
			_, lacking, err := procedo.Postgres.Lacking(t.Context(), g.self)
			require.NoError(t, err)
			require.Empty(t, lacking)
		})
	}
}

func TestGrantTakesTheRightsOfAServiceFromAReader(t *testing.T) {
	g := withRole(t, "reader", "LOGIN")
	_, err := g.grant()
	require.NoError(t, err)
	_, err = procedo.Postgres.Grant(t.Context(), g.owner, g.role, schema.ReadRights())
	require.NoError(t, err)
	held := g.held()
	require.Len(t, held, len(schema.ReadRights()))
	for _, r := range held {
		require.Equal(t, "SELECT", r.Right)
		require.Contains(t, schema.ReadRights(), r.On)
	}
}

func TestGrantTakesRolesOfAnyName(t *testing.T) {
	for _, role := range []string{
		`a"b`, `"quoted"`, "x; DROP TABLE runs; --", "Rôle à l'accueil", "UPPER", "current_user", "user", "$1", `back\slash`,
		strings.Repeat("é", 31) + "x", // 63 bytes, the longest possible name
	} {
		t.Run(role, func(t *testing.T) {
			g := withRole(t, role, "LOGIN")
			held, err := g.grant()
			require.NoError(t, err)
			require.ElementsMatch(t, listed(), held)
		})
	}
}

func TestGrantRefusesRolesThatDoNotExist(t *testing.T) {
	g := withRole(t, strings.Repeat("r", 63), "")
	for _, role := range []string{
		"", "nobody", "public", "PUBLIC", "none", g.role + "r", strings.ToUpper(g.role), " " + g.role,
	} {
		_, err := procedo.Postgres.Grant(t.Context(), g.owner, role, schema.Rights)
		require.ErrorIs(t, err, procedo.ErrNoRole, role)
	}
	require.Empty(t, g.held())
}

func TestGrantRefusesRolesWithAllRights(t *testing.T) {
	cluster.CreateRole(t, "tables owner", "")
	for name, c := range map[string]struct{ attributes, statement string }{
		"a superuser":            {"SUPERUSER", ""},
		"a member of the owner":  {"", `GRANT "tables owner" TO {role}`},
		"one without inheriting": {"NOINHERIT", `GRANT "tables owner" TO {role}`},
		"the owner of a table":   {"", "ALTER TABLE runs OWNER TO {role}"},
	} {
		t.Run(name, func(t *testing.T) {
			g := withRole(t, name, c.attributes)
			g.run(`ALTER TABLE audit_events OWNER TO "tables owner"`)
			if c.statement != "" {
				g.run(c.statement)
			}
			_, err := g.grant()
			require.ErrorIs(t, err, procedo.ErrAllRights)
			g.run(`ALTER TABLE audit_events OWNER TO CURRENT_USER`, `ALTER TABLE runs OWNER TO CURRENT_USER`)
		})
	}
}

func TestGrantChangesNothingIfTheRoleWouldKeepOtherRights(t *testing.T) {
	cluster.CreateRole(t, "group", "")
	for name, c := range map[string]struct {
		statements []string
		want       procedo.Right
	}{
		"of PUBLIC": {
			[]string{"GRANT DELETE ON runs TO PUBLIC"},
			procedo.Right{On: "runs", Right: "DELETE"},
		},
		"of PUBLIC on a view": {
			[]string{"GRANT SELECT ON audit_event_payloads TO PUBLIC"},
			procedo.Right{On: "audit_event_payloads", Right: "SELECT"},
		},
		"of PUBLIC on a column": {
			[]string{"GRANT UPDATE (hash) ON audit_events TO PUBLIC"},
			procedo.Right{On: "audit_events", Right: "UPDATE (hash)"},
		},
		"of PUBLIC on the schema": {
			[]string{"GRANT CREATE ON SCHEMA public TO PUBLIC"},
			procedo.Right{On: "SCHEMA", Right: "CREATE"},
		},
		"of another role": {
			[]string{`GRANT TRUNCATE ON audit_feed TO "group"`, `GRANT "group" TO {role}`},
			procedo.Right{On: "audit_feed", Right: "TRUNCATE"},
		},
		"of a role of PostgreSQL": {
			[]string{`GRANT pg_write_all_data TO {role}`},
			procedo.Right{On: "audit_events", Right: "DELETE"},
		},
		"which another role granted": {
			[]string{
				`GRANT DELETE ON runs TO "group" WITH GRANT OPTION`, `SET ROLE "group"`,
				`GRANT DELETE ON runs TO {role}`, "RESET ROLE",
			},
			procedo.Right{On: "runs", Right: "DELETE"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			g := withRole(t, "keeps "+name, "")
			g.owner.SetMaxOpenConns(1) // SET ROLE holds for one connection
			g.run(append(c.statements, "GRANT SELECT ON runs TO {role}")...)
			before := g.held()
			after, err := g.grant()
			var excess *procedo.ExcessError
			require.ErrorAs(t, err, &excess)
			require.Contains(t, excess.Rights, c.want)
			require.ElementsMatch(t, before, after)
		})
	}
}

func TestTheRoleNeitherChangesTheSchemaNorTheTrail(t *testing.T) {
	g := withRole(t, "service", "LOGIN")
	_, err := g.grant()
	require.NoError(t, err)
	g.run(fmt.Sprintf(`INSERT INTO audit_events
		(entity_type, entity_id, seq, action, actor, occurred_at, canonical, prev_hash, hash, disclosures)
		VALUES ('run', 'r', 1, 'a', 'b', now(), '{}', '%[1]s', '%[1]s', '{"/a":1}')`, hash))
	for _, c := range []struct{ statement, why string }{
		{"UPDATE audit_events SET canonical = ''", "permission denied"},
		{"UPDATE audit_events SET disclosures = disclosures || ' '", "append-only"},
		{"UPDATE audit_events SET disclosures = '{\"/b\":1}'", "append-only"},
		{"DELETE FROM audit_events", "permission denied"},
		{"TRUNCATE audit_events", "permission denied"},
		{"DELETE FROM procedure_versions", "permission denied"},
		{"UPDATE procedure_steps SET title = ''", "permission denied"},
		{"UPDATE service_keys SET key = key", "permission denied"},
		{"DELETE FROM " + procedo.RevisionsTable, "permission denied"},
		{"ALTER TABLE audit_events DISABLE TRIGGER ALL", "must be owner"},
		{"DROP TRIGGER audit_events_no_change ON audit_events", "must be owner"},
		{"SET session_replication_role = replica", "permission denied"},
		{"CREATE TABLE mine (x text)", "permission denied"},
	} {
		_, err := g.self.Exec(c.statement)
		require.ErrorContains(t, err, c.why, c.statement)
	}
	_, err = g.self.Exec("UPDATE audit_events SET disclosures = ''")
	require.NoError(t, err, "an erasure removes disclosures")
}

func TestTheRoleReadsWhichMigrationsAreApplied(t *testing.T) {
	g := withRole(t, "starter", "LOGIN")
	role, lacking, err := procedo.Postgres.Lacking(t.Context(), g.self)
	require.NoError(t, err)
	require.Equal(t, "starter", role)
	require.ElementsMatch(t, listed(), lacking)
	_, err = procedo.Postgres.Grant(t.Context(), g.self, g.role, schema.Rights)
	require.ErrorIs(t, err, procedo.ErrNotOwner)
	_, err = g.grant()
	require.NoError(t, err)
	applied, err := procedo.Postgres.Apply(t.Context(), g.self)
	require.NoError(t, err, "nothing is pending")
	require.Empty(t, applied)
	_, err = procedo.Postgres.Revert(t.Context(), g.self, 1)
	require.ErrorIs(t, err, procedo.ErrNotOwner)
	_, err = procedo.Postgres.Revert(t.Context(), g.owner, 1)
	require.NoError(t, err)
	_, err = procedo.Postgres.Apply(t.Context(), g.self)
	require.ErrorIs(t, err, procedo.ErrNotOwner)
}
