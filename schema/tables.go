package schema

// Tables holds the tables of both databases, so that the rows of each refer only to rows of tables before it. Tests
// check that it is complete.
var Tables = []string{
	"service_keys", "procedure_list",
	"procedures", "procedure_versions", "procedure_steps", "procedure_slots", "procedure_slot_options",
	"procedure_checklist_items", "procedure_transitions", "procedure_rules", "procedure_rule_fields",
	"runs", "run_steps", "run_inapplicable_slots", "run_slot_values", "run_checklist_states",
	"audit_events", "audit_feed_origin", "audit_feed", "audit_checkpoints", "audit_leaves", "audit_nodes",
	"audit_cosignatures", "audit_deliveries",
	"idempotency_keys", "sessions",
}

// Prefilled holds the tables to which the migrations add their rows.
var Prefilled = map[string]bool{"service_keys": true, "procedure_list": true, "audit_feed_origin": true}

// Temporary holds the tables that are not copied to another database. A copy of a session could not be ended together
// with the original.
var Temporary = map[string]bool{"sessions": true}
