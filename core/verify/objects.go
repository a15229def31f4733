package verify

import (
	"context"
	"strings"

	"github.com/procedo/procedo/core/audit"
)

// SchemaEntity is the entity type of findings about the schema of the database.
const SchemaEntity = "schema"

// Object is a part of the schema of a database: a table, a column, an index, a trigger or the like. The name of a part
// of a table begins with the table and a point.
type Object struct{ Kind, Name, Definition string }

// Objects reads the schema of a database.
type Objects interface {
	// Expected returns the objects that the migrations make. Worded is false if this release of the database system may
	// word the same definition differently.
	Expected(ctx context.Context) (all []Object, worded bool, err error)
	// Objects returns the objects of the database.
	Objects(ctx context.Context) ([]Object, error)
	// EachFlaw calls fn for each index that does not have an entry for each row of its table, and for any other damage
	// that the database system itself finds. An index that it cannot check is a warning.
	EachFlaw(ctx context.Context, fn func(name string, problem audit.Problem, warning bool)) error
}

// Schema checks the objects of the database's schema, and that its indexes are complete. Without it, a trigger that is
// switched off leaves no trace, and a list read through an index can lack rows.
func (v *Verifier) Schema(ctx context.Context, report func(audit.Finding)) error {
	expected, worded, err := v.ports.Objects.Expected(ctx)
	if err != nil {
		return err
	}
	found, err := v.ports.Objects.Objects(ctx)
	if err != nil {
		return err
	}
	for _, f := range compareObjects(expected, found, worded) {
		report(f)
	}
	return v.ports.Objects.EachFlaw(ctx, func(name string, problem audit.Problem, warning bool) {
		report(audit.Finding{Entity: audit.Entity{Type: SchemaEntity, ID: name}, Problem: problem, Warning: warning})
	})
}

// compareObjects returns a finding for each object that is missing, different, or was added to a table. What was added
// beside the tables is not the service's.
func compareObjects(expected, found []Object, worded bool) (all []audit.Finding) {
	add := func(o Object, problem audit.Problem, warning bool) {
		entity := audit.Entity{Type: SchemaEntity, ID: o.Kind + " " + o.Name}
		all = append(all, audit.Finding{Entity: entity, Problem: problem, Warning: warning})
	}
	type key struct{ kind, name string }
	there, kinds := map[key]Object{}, map[string]string{}
	for _, o := range found {
		there[key{o.Kind, o.Name}] = o
		kinds[o.Name] = o.Kind
	}
	known, tables := map[key]bool{}, map[string]bool{}
	for _, o := range expected {
		known[key{o.Kind, o.Name}] = true
		tables[o.Name] = tables[o.Name] || o.Kind == "table"
		now, ok := there[key{o.Kind, o.Name}]
		switch kind := kinds[o.Name]; {
		case !ok && kind != "":
			add(o, audit.Wrong("object_kind", "kind", kind), false)
		case !ok:
			add(o, audit.Wrong("object_missing"), false)
		case now.Definition != o.Definition && (worded || !sameState(o, now)):
			add(o, audit.Wrong("object_differs"), false)
		case now.Definition != o.Definition:
			add(o, audit.Wrong("object_not_compared"), true)
		}
	}
	for _, o := range found {
		table, _, isPart := strings.Cut(o.Name, ".")
		if isPart && tables[table] && !known[key{o.Kind, o.Name}] {
			add(o, audit.Wrong("object_added"), isHarmless(o.Kind))
		}
	}
	return all
}

// sameState reports whether two definitions agree in what the service words, not the database system: those of tables
// and functions as a whole, and whether a trigger is enabled, which stands at the end.
func sameState(a, b Object) bool {
	switch a.Kind {
	case "table", "function":
		return a.Definition == b.Definition
	case "trigger":
		return a.Definition[strings.LastIndex(a.Definition, " ")+1:] == b.Definition[strings.LastIndex(b.Definition, " ")+1:]
	}
	return true
}

// isHarmless reports whether an object that was added to a table neither hides nor changes rows.
func isHarmless(kind string) bool { return kind == "index" || kind == "column" }
