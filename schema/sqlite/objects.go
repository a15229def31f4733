package sqlite

import _ "embed"

// Objects selects the kind, name and definition of each object of a database. SQLite does not tell the case of letters
// in names apart, and keeps the name of a table as a trigger gave it.
const Objects = `
	SELECT type, CASE WHEN type IN ('index', 'trigger') THEN lower(tbl_name) || '.' || name ELSE name END, coalesce(sql, '')
	FROM sqlite_schema
	WHERE NOT (type = 'table' AND (name LIKE 'sqlite\_stat_' ESCAPE '\' OR name = 'sqlite_sequence')) ORDER BY 1, 2`

// Made holds the objects that the migrations make, as schemactl generate wrote them.
//
//go:embed objects.gen.jsonl
var Made []byte
