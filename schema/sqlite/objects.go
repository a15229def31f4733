package sqlite

import _ "embed"

// Objects selects the kind, name and definition of each object of a database.
const Objects = `
	SELECT type, CASE WHEN type IN ('index', 'trigger') THEN tbl_name || '.' || name ELSE name END, coalesce(sql, '')
	FROM sqlite_schema WHERE name NOT LIKE 'sqlite\_stat%' ESCAPE '\' AND name <> 'sqlite_sequence' ORDER BY 1, 2`

// Made holds the objects that the migrations make, as schemactl generate wrote them.
//
//go:embed objects.gen.jsonl
var Made []byte
