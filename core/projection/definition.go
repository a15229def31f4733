package projection

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/slot"
)

// VersionsTable is the definition table with one row for each version.
const VersionsTable = "procedure_versions"

// Table holds the rows of one version in one of the definition tables. A value is a string, an int, a bool or nil.
type Table struct {
	Name    string
	Columns []string
	Rows    [][]any
}

// DefinitionTables returns the rows of a published version in the definition tables, which SQL queries can use instead
// of the JSON document. It leaves out procedure_id and version, whose values are the same in every row. Publishing
// writes these rows, and verification compares the stored rows with them.
func DefinitionTables(v *procedure.Version) []Table {
	versions := Table{Name: VersionsTable, Columns: []string{"max_visits", "metadata", "time_zone"}}
	versions.add(v.MaxVisits, metadata(v.Metadata), v.Zone())
	steps := Table{Name: "procedure_steps", Columns: []string{
		"step_key", "position", "title", "prompt", "metadata", "condition", "skippable", "on_return", "agents",
	}}
	transitions := Table{
		Name:    "procedure_transitions",
		Columns: []string{"step_key", "position", "condition", "target"},
	}
	slots := Table{Name: "procedure_slots", Columns: []string{
		"step_key", "slot_name", "position", "type", "required", "sensitive", "label", "description", "validate", "mask",
		"min", "max", "min_length", "max_length", "metadata", "condition", "required_condition", "decimals", "unit",
	}}
	options := Table{
		Name:    "procedure_slot_options",
		Columns: []string{"step_key", "slot_name", "position", "value", "label"},
	}
	items := Table{Name: "procedure_checklist_items", Columns: []string{
		"step_key", "item_key", "position", "label", "description", "required", "default_state", "metadata", "condition",
	}}
	rules := Table{Name: "procedure_rules", Columns: []string{"step_key", "rule_key", "position", "assert", "message"}}
	fields := Table{
		Name:    "procedure_rule_fields",
		Columns: []string{"step_key", "rule_key", "position", "slot_name"},
	}
	for i := range v.Steps {
		s := &v.Steps[i]
		steps.add(
			s.Key, i+1, s.Title, s.Prompt, metadata(s.Metadata), source(s.When), s.Skippable, s.OnReturn(),
			s.Agents.String(),
		)
		for j, r := range s.Rules {
			rules.add(s.Key, r.Key, j+1, source(r.Assert), r.Message)
			for k, name := range r.Fields {
				fields.add(s.Key, r.Key, k+1, name)
			}
		}
		for j, t := range s.Transitions {
			transitions.add(s.Key, j+1, source(t.When), t.To)
		}
		for j := range s.Slots {
			slots.addSlot(s.Key, j+1, &s.Slots[j])
			for k, o := range s.Slots[j].Options {
				options.add(s.Key, s.Slots[j].Name, k+1, o, optional(s.Slots[j].OptionLabels[o]))
			}
		}
		for j, it := range s.Items {
			items.add(
				s.Key, it.Key, j+1, it.Label, it.Description, it.Required, it.DefaultState, metadata(it.Metadata),
				source(it.When),
			)
		}
	}
	return []Table{versions, steps, transitions, slots, options, items, rules, fields}
}

func (t *Table) add(row ...any) { t.Rows = append(t.Rows, row) }

func (t *Table) addSlot(step string, position int, s *slot.Slot) {
	t.add(step, s.Name, position, string(s.Type), s.Required, s.Sensitive, s.Label, s.Description,
		optional(s.Validate), optional(s.Mask), optional(s.Min.Text()), optional(s.Max.Text()),
		optionalInt(s.MinLength), optionalInt(s.MaxLength), metadata(s.Metadata), source(s.When), source(s.RequiredWhen),
		optionalInt(s.Decimals), optional(s.Unit))
}

// With returns the table with one more column, which has the same value in every row.
func (t Table) With(column string, value any) Table {
	t.Columns = append(slices.Clone(t.Columns), column)
	rows := make([][]any, len(t.Rows))
	for i, row := range t.Rows {
		rows[i] = append(slices.Clone(row), value)
	}
	t.Rows = rows
	return t
}

// PublishedTables returns the definition tables with all columns that publishing writes. The columns that
// DefinitionTables leaves out are procedure_id, version and, in VersionsTable, the document, its digest, the meaning of
// its conditions, the author and the time of publication. createdAt is the time of publication, in the form in which
// the database stores it.
func PublishedTables(v *procedure.Version, createdAt any) []Table {
	tables := DefinitionTables(v)
	for i, t := range tables {
		if t.Name == VersionsTable {
			t = t.With("digest", v.Digest).With("conditions", meaning(v.Meaning)).With("document", string(v.Canonical())).
				With("created_at", createdAt).With("created_by", v.CreatedBy)
		}
		tables[i] = t.With("procedure_id", v.ID).With("version", v.Number)
	}
	return tables
}

// meaning returns the value of the column "conditions". It is null for the meaning Binary, because the event that
// publishes such a version has no member "conditions".
func meaning(m condition.Meaning) any {
	if m == condition.Binary {
		return nil
	}
	return int(m)
}

// ColumnList returns the names of the columns, separated by commas.
func (t Table) ColumnList() string { return strings.Join(t.Columns, ", ") }

// Differs reports whether rows read from a database differ from the rows of the table. The order of rows is ignored.
func (t Table) Differs(stored [][]any) bool {
	return !slices.Equal(sortedTexts(t.Rows), sortedTexts(stored))
}

// sortedTexts returns each row as a text. Booleans become 0 and 1, because SQLite stores them as such.
func sortedTexts(rows [][]any) []string {
	all := make([]string, len(rows))
	for i, row := range rows {
		var b strings.Builder
		for _, v := range row {
			if truth, ok := v.(bool); ok {
				v = 0
				if truth {
					v = 1
				}
			}
			if v == nil {
				b.WriteString("null ")
				continue
			}
			fmt.Fprintf(&b, "%q ", fmt.Sprint(v))
		}
		all[i] = b.String()
	}
	slices.Sort(all)
	return all
}

func optional(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func metadata(v jsontext.Value) any { return optional(string(v)) }

func optionalInt(n *int) any {
	if n == nil {
		return nil
	}
	return *n
}

func source(c *condition.Condition) any {
	if c == nil {
		return nil
	}
	return c.Source
}
