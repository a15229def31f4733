-- Takes back everything of 20261123200000: triggers and indexes go with their tables.
DROP TABLE idempotency_keys;
DROP TABLE audit_events;
DROP TABLE run_checklist_states;
DROP TABLE run_slot_values;
DROP TABLE run_inapplicable_slots;
DROP TABLE run_steps;
DROP TABLE runs;
DROP TABLE procedure_transitions;
DROP TABLE procedure_checklist_items;
DROP TABLE procedure_slot_options;
DROP TABLE procedure_slots;
DROP TABLE procedure_steps;
DROP TABLE procedure_versions;
DROP TABLE procedures;
DROP FUNCTION procedo_append_only();
