package schema

import "strings"

// Orphans is an SQL query for both databases that finds rows whose owner does not exist. A result row holds the type
// and the id of the missing owner, and the name of the table that refers to the owner. The query returns a NULL type or
// id as an empty string. Such rows can exist only if somebody has dropped foreign keys or CHECK constraints.
var Orphans = strings.Join([]string{
	`SELECT entity_type, coalesce(entity_id, ''), 'audit_events' FROM audit_events
		WHERE entity_type < 'procedure' OR entity_type > 'procedure' AND entity_type < 'run' OR entity_type > 'run'
		GROUP BY entity_type, entity_id`,
	`SELECT '', coalesce(entity_id, ''), 'audit_events' FROM audit_events WHERE entity_type IS NULL GROUP BY entity_id`,
	`SELECT entity_type, '', 'audit_events' FROM audit_events
		WHERE entity_type IN ('procedure', 'run') AND entity_id IS NULL GROUP BY entity_type`,
	`SELECT 'checkpoint', coalesce(CAST(number AS text), ''), 'audit_leaves' FROM audit_leaves l
		WHERE NOT EXISTS (SELECT 1 FROM audit_checkpoints c WHERE c.number = l.number) GROUP BY number`,
	`SELECT 'checkpoint', coalesce(CAST(number AS text), ''), 'audit_cosignatures' FROM audit_cosignatures s
		WHERE NOT EXISTS (SELECT 1 FROM audit_checkpoints c WHERE c.number = s.number) GROUP BY number`,
	`SELECT 'procedure', coalesce(id, ''), 'procedures' FROM procedures p
		WHERE NOT EXISTS (SELECT 1 FROM procedure_versions v WHERE v.procedure_id = p.id AND v.version = p.version)`,
	`SELECT 'procedure', coalesce(procedure_id, ''), 'procedure_versions' FROM procedure_versions v
		WHERE NOT EXISTS (SELECT 1 FROM procedures p WHERE p.id = v.procedure_id) GROUP BY procedure_id`,
	withoutVersion("procedure_steps"), withoutVersion("procedure_transitions"), withoutVersion("procedure_slots"),
	withoutVersion("procedure_slot_options"), withoutVersion("procedure_checklist_items"),
	withoutVersion("procedure_rules"), withoutVersion("procedure_rule_fields"),
	withoutRunID("run_steps"), withoutRunID("run_inapplicable_slots"),
	withoutRunID("run_slot_values"), withoutRunID("run_checklist_states"),
	`SELECT 'run', '', 'runs' FROM runs WHERE id IS NULL`,
}, " UNION ALL ")

// withoutVersion returns the query for rows whose procedure version does not exist.
func withoutVersion(table string) string {
	return "SELECT 'procedure', coalesce(procedure_id, ''), '" + table + "' FROM " + table + ` t
		WHERE NOT EXISTS (
			SELECT 1 FROM procedure_versions v WHERE v.procedure_id = t.procedure_id AND v.version = t.version
		) GROUP BY procedure_id`
}

// withoutRunID returns the query for rows whose run_id is NULL. It omits rows whose run_id refers to a missing run,
// because verification finds these when it reads all runs.
func withoutRunID(table string) string {
	return "SELECT 'run', '', '" + table + "' FROM " + table + " WHERE run_id IS NULL GROUP BY run_id"
}
