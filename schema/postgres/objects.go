package postgres

import _ "embed"

// Objects selects the kind, name and definition of each object of the current schema. A definition says what decides
// about rows and about who may change them, not how they are stored. What extensions own is left out.
const Objects = `
	WITH own AS (
		SELECT c.*, c.oid AS id FROM pg_class c
		WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
			AND NOT EXISTS (
				SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype = 'e'
			)
	)
	SELECT CASE WHEN relkind IN ('r', 'p') THEN 'table' WHEN relkind = 'f' THEN 'foreign table' ELSE 'view' END,
		relname::text,
		concat_ws(', ', 'kind ' || relkind::text, 'persistence ' || relpersistence::text,
			CASE WHEN relrowsecurity OR relforcerowsecurity THEN 'row security' END,
			CASE WHEN EXISTS (SELECT 1 FROM pg_inherits i WHERE id IN (i.inhrelid, i.inhparent)) THEN 'inheritance' END,
			CASE WHEN to_regclass(quote_ident(relname)) IS DISTINCT FROM id THEN 'hidden by another schema' END,
			CASE WHEN relkind IN ('v', 'm') THEN pg_get_viewdef(id, true) END,
			CASE WHEN EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgrelid = id AND t.tgisinternal AND t.tgenabled <> 'O')
				THEN 'foreign keys switched off' END)
	FROM own
	UNION ALL
	SELECT 'column', relname || '.' || attname, concat_ws(' ', format_type(atttypid, atttypmod),
		CASE WHEN attnotnull THEN 'not null' END, 'default ' || pg_get_expr(adbin, adrelid), nullif(attgenerated::text, ''))
	FROM own JOIN pg_attribute ON attrelid = id AND attnum > 0 AND NOT attisdropped
		LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
	UNION ALL
	SELECT 'constraint', relname || '.' || conname,
		pg_get_constraintdef(k.oid, true) || CASE WHEN convalidated THEN '' ELSE ' not validated' END
	FROM own JOIN pg_constraint k ON conrelid = id AND contype <> 'n'
	UNION ALL
	SELECT 'index', relname || '.' || (SELECT i.relname FROM pg_class i WHERE i.oid = indexrelid),
		pg_get_indexdef(indexrelid, 0, true) || CASE
		WHEN indisvalid AND indisready AND indislive THEN '' ELSE ' not valid' END
	FROM own JOIN pg_index ON indrelid = id
	UNION ALL
	SELECT 'trigger', relname || '.' || tgname, pg_get_triggerdef(t.oid, true) || ' enabled ' || tgenabled::text
	FROM own JOIN pg_trigger t ON tgrelid = id AND NOT tgisinternal
	UNION ALL
	SELECT 'rule', relname || '.' || rulename, pg_get_ruledef(r.oid, true)
	FROM own JOIN pg_rewrite r ON ev_class = id AND relkind <> 'v' AND relkind <> 'm'
	UNION ALL
	SELECT 'policy', relname || '.' || polname, concat_ws(' ', polcmd::text, pg_get_expr(polqual, polrelid))
	FROM own JOIN pg_policy ON polrelid = id
	UNION ALL
	SELECT 'function', proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', lanname || ': ' || prosrc
	FROM pg_proc p JOIN pg_language l ON l.oid = prolang
	WHERE pronamespace = quote_ident(current_schema())::regnamespace
		AND NOT EXISTS (
			SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.classid = 'pg_proc'::regclass AND d.deptype = 'e')
	ORDER BY 1, 2`

// Made holds the objects that the migrations make, as schemactl generate wrote them from the release NewestRelease.
//
//go:embed objects.gen.jsonl
var Made []byte

// The oldest and the newest major version of PostgreSQL whose wording of definitions is known.
const (
	OldestRelease = 15
	NewestRelease = 17
)
