package postgres

// Rights holds, for every table and view, the rights that the service needs on it, as in GRANT. Tests check that the
// statements of the service need exactly these. The schema has no sequences.
var Rights = map[string][]string{
	"procedures":                {"SELECT", "INSERT", "UPDATE"},
	"procedure_list":            {"SELECT", "UPDATE"},
	"procedure_versions":        {"SELECT", "INSERT"},
	"procedure_steps":           {"SELECT", "INSERT"},
	"procedure_slots":           {"SELECT", "INSERT"},
	"procedure_slot_options":    {"SELECT", "INSERT"},
	"procedure_checklist_items": {"SELECT", "INSERT"},
	"procedure_transitions":     {"SELECT", "INSERT"},
	"procedure_rules":           {"SELECT", "INSERT"},
	"procedure_rule_fields":     {"SELECT", "INSERT"},
	"runs":                      {"SELECT", "INSERT", "UPDATE"},
	"run_steps":                 {"SELECT", "INSERT", "UPDATE", "DELETE"},
	"run_inapplicable_slots":    {"SELECT", "INSERT", "DELETE"},
	"run_slot_values":           {"SELECT", "INSERT", "DELETE"},
	"run_checklist_states":      {"SELECT", "INSERT", "DELETE"},
	"idempotency_keys":          {"SELECT", "INSERT", "UPDATE", "DELETE"},
	"service_keys":              {"SELECT"},
	"sessions":                  {"SELECT", "INSERT", "UPDATE", "DELETE"},
	"audit_events":              {"SELECT", "INSERT", "UPDATE (disclosures)"}, // an erasure removes disclosures
	"audit_feed":                {"SELECT", "INSERT"},
	"audit_feed_origin":         {"SELECT", "UPDATE (base)"},
	"audit_checkpoints":         {"SELECT", "INSERT"},
	"audit_leaves":              {"SELECT", "INSERT"},
	"audit_nodes":               {"SELECT", "INSERT"},
	"audit_cosignatures":        {"SELECT", "INSERT"},
	"audit_deliveries":          {"SELECT", "INSERT", "UPDATE"},
	"audit_event_payloads":      {}, // the views are for people
	"audit_event_disclosures":   {},
	"schema_revisions":          {"SELECT"},
}
