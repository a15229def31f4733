package schema

import "strings"

// Strays selects, in SQL that both databases know, what rows say that they belong to, and it is not there: its kind, its id, and the
// table. Keys and checks keep such rows out; whoever can take those away can leave some.
var Strays = strings.Join([]string{
	`SELECT entity_type, entity_id, 'audit_events' FROM audit_events
		WHERE entity_type < 'procedure' OR entity_type > 'procedure' AND entity_type < 'run' OR entity_type > 'run' GROUP BY entity_type, entity_id`,
	`SELECT 'checkpoint', CAST(number AS text), 'audit_leaves' FROM audit_leaves l
		WHERE NOT EXISTS (SELECT 1 FROM audit_checkpoints c WHERE c.number = l.number) GROUP BY number`,
	`SELECT 'procedure', procedure_id, 'procedure_versions' FROM procedure_versions v
		WHERE NOT EXISTS (SELECT 1 FROM procedures p WHERE p.id = v.procedure_id) GROUP BY procedure_id`,
	versionless("procedure_steps"), versionless("procedure_transitions"), versionless("procedure_slots"),
	versionless("procedure_slot_options"), versionless("procedure_checklist_items"),
}, " UNION ALL ")

func versionless(table string) string {
	return "SELECT 'procedure', procedure_id, '" + table + "' FROM " + table + ` t
		WHERE NOT EXISTS (SELECT 1 FROM procedure_versions v WHERE v.procedure_id = t.procedure_id AND v.version = t.version) GROUP BY procedure_id`
}
