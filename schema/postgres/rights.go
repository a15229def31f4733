package postgres

import (
	"slices"

	"github.com/procedo/procedo/schema"
)

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

// unread holds the tables from which neither verification nor exports nor lists read: secrets, and what only a running
// service needs.
var unread = map[string]bool{
	"audit_deliveries": true, "idempotency_keys": true, "procedure_list": true, "service_keys": true, "sessions": true,
}

// ReadRights returns the rights of a role that verifies, exports, lists and shows. Tests check that it needs exactly
// these.
func ReadRights() map[string][]string { return selectAllBut(unread) }

// CopyRights returns the rights of a role that copies all data to another database.
func CopyRights() map[string][]string { return selectAllBut(schema.Temporary) }

// selectAllBut returns the right SELECT on each table of Rights but some.
func selectAllBut(some map[string]bool) map[string][]string {
	rights := map[string][]string{}
	for table, all := range Rights {
		if slices.Contains(all, "SELECT") && !some[table] {
			rights[table] = []string{"SELECT"}
		}
	}
	return rights
}
