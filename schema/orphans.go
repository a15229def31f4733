package schema

import "strings"

// Orphans is an SQL query, valid in both databases, that finds rows whose owner does not exist. A result row holds the
// type and the id of the missing owner, and the name of the table that refers to it. A NULL type or id is returned as
// an empty string. Foreign keys and CHECK constraints prevent such rows; the query finds them if somebody dropped
// these.
var Orphans = strings.Join([]string{
	`SELECT entity_type, coalesce(entity_id, ''), 'audit_events' FROM audit_events
		WHERE entity_type < 'procedure' OR entity_type > 'procedure' AND entity_type < 'run' OR entity_type > 'run'
		GROUP BY entity_type, entity_id`,
	`SELECT '', coalesce(entity_id, ''), 'audit_events' FROM audit_events WHERE entity_type IS NULL GROUP BY entity_id`,
	`SELECT entity_type, '', 'audit_events' FROM audit_events
		WHERE entity_type IN ('procedure', 'run') AND entity_id IS NULL GROUP BY entity_type`,
	`SELECT 'checkpoint', coalesce(CAST(number AS text), ''), 'audit_leaves' FROM audit_leaves l
		WHERE NOT EXISTS (SELECT 1 FROM audit_checkpoints c WHERE c.number = l.number) GROUP BY number`,
	`SELECT 'procedure', coalesce(id, ''), 'procedures' FROM procedures p
		WHERE NOT EXISTS (SELECT 1 FROM procedure_versions v WHERE v.procedure_id = p.id AND v.version = p.version)`,
	`SELECT 'procedure', coalesce(procedure_id, ''), 'procedure_versions' FROM procedure_versions v
		WHERE NOT EXISTS (SELECT 1 FROM procedures p WHERE p.id = v.procedure_id) GROUP BY procedure_id`,
	versionless("procedure_steps"), versionless("procedure_transitions"), versionless("procedure_slots"),
	versionless("procedure_slot_options"), versionless("procedure_checklist_items"),
	versionless("procedure_rules"), versionless("procedure_rule_fields"),
	runless("run_steps"), runless("run_inapplicable_slots"), runless("run_slot_values"), runless("run_checklist_states"),
	`SELECT 'run', '', 'runs' FROM runs WHERE id IS NULL`,
}, " UNION ALL ")

// versionless returns the query for rows whose procedure version does not exist.
func versionless(table string) string {
	return "SELECT 'procedure', coalesce(procedure_id, ''), '" + table + "' FROM " + table + ` t
		WHERE NOT EXISTS (
			SELECT 1 FROM procedure_versions v WHERE v.procedure_id = t.procedure_id AND v.version = t.version
		) GROUP BY procedure_id`
}

// runless returns the query for rows whose run_id is NULL. Rows whose run does not exist are not its concern:
// verification finds them when it reads all runs.
func runless(table string) string {
	return "SELECT 'run', '', '" + table + "' FROM " + table + " WHERE run_id IS NULL GROUP BY run_id"
}
