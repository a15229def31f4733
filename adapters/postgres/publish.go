package postgres

import (
	"github.com/jackc/pgx/v5"

	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/slot"
)

// Each table takes all its rows of a version from arrays: the texts never change, whatever the definition.
const (
	insertVersion = `INSERT INTO procedure_versions (procedure_id, version, digest, document, max_visits, metadata, created_at, created_by)
VALUES ($1, $2, $3, $4, $5, $6::text::json, $7, $8)`
	insertSteps = `INSERT INTO procedure_steps (procedure_id, version, step_key, position, title, prompt, metadata, condition, skippable)
SELECT $1, $2, * FROM unnest($3::text[], $4::int[], $5::text[], $6::text[], $7::text[]::json[], $8::text[], $9::bool[])`
	insertTransitions = `INSERT INTO procedure_transitions (procedure_id, version, step_key, position, condition, target)
SELECT $1, $2, * FROM unnest($3::text[], $4::int[], $5::text[], $6::text[])`
	insertSlots = `INSERT INTO procedure_slots (procedure_id, version, step_key, slot_name, position, type, required, sensitive, label, description, validate, mask, min, max,
  min_length, max_length, metadata, condition, required_condition)
SELECT $1, $2, * FROM unnest($3::text[], $4::text[], $5::int[], $6::text[], $7::bool[], $8::bool[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[],
  $15::int[], $16::int[], $17::text[]::json[], $18::text[], $19::text[])`
	insertOptions = `INSERT INTO procedure_slot_options (procedure_id, version, step_key, slot_name, position, value)
SELECT $1, $2, * FROM unnest($3::text[], $4::text[], $5::int[], $6::text[])`
	insertItems = `INSERT INTO procedure_checklist_items (procedure_id, version, step_key, item_key, position, label, description, required, default_state, metadata, condition)
SELECT $1, $2, * FROM unnest($3::text[], $4::text[], $5::int[], $6::text[], $7::text[], $8::bool[], $9::bool[], $10::text[]::json[], $11::text[])`
)

// Elements of a version, each with the step it belongs to and its place there.
type (
	placed[E any] struct {
		step     string
		position int
		of       *E
	}
	option struct{ slot, value string }
)

// queueVersion writes a version: its document, and the rows that SQL can ask about.
func queueVersion(b *pgx.Batch, v *procedure.Version) {
	b.Queue(insertVersion, v.ID, v.Number, v.Digest, string(v.Canonical()), v.MaxVisits, metadataColumn(v.Metadata), v.CreatedAt, v.CreatedBy)
	steps := make([]placed[procedure.Step], 0, len(v.Steps))
	var ways []placed[procedure.Transition]
	var slots []placed[slot.Slot]
	var options []placed[option]
	var items []placed[checklist.Item]
	for i := range v.Steps {
		s := &v.Steps[i]
		steps = append(steps, placed[procedure.Step]{s.Key, i + 1, s})
		for j := range s.Transitions {
			ways = append(ways, placed[procedure.Transition]{s.Key, j + 1, &s.Transitions[j]})
		}
		for j := range s.Slots {
			slots = append(slots, placed[slot.Slot]{s.Key, j + 1, &s.Slots[j]})
			for k, value := range s.Slots[j].Options {
				options = append(options, placed[option]{s.Key, k + 1, &option{s.Slots[j].Name, value}})
			}
		}
		for j := range s.Items {
			items = append(items, placed[checklist.Item]{s.Key, j + 1, &s.Items[j]})
		}
	}
	queueSteps(b, v, steps, ways)
	queueSlots(b, v, slots, options)
	queueItems(b, v, items)
}

func queueSteps(b *pgx.Batch, v *procedure.Version, steps []placed[procedure.Step], ways []placed[procedure.Transition]) {
	type step = placed[procedure.Step]
	b.Queue(insertSteps, v.ID, v.Number, column(steps, func(s *step) string { return s.of.Key }), column(steps, func(s *step) int { return s.position }),
		column(steps, func(s *step) string { return s.of.Title }), column(steps, func(s *step) string { return s.of.Prompt }),
		column(steps, func(s *step) *string { return metadataColumn(s.of.Metadata) }), column(steps, func(s *step) *string { return source(s.of.When) }),
		column(steps, func(s *step) bool { return s.of.Skippable }))
	type way = placed[procedure.Transition]
	if len(ways) > 0 {
		b.Queue(insertTransitions, v.ID, v.Number, column(ways, func(w *way) string { return w.step }), column(ways, func(w *way) int { return w.position }),
			column(ways, func(w *way) *string { return source(w.of.When) }), column(ways, func(w *way) string { return w.of.To }))
	}
}

func queueSlots(b *pgx.Batch, v *procedure.Version, slots []placed[slot.Slot], options []placed[option]) {
	type sl = placed[slot.Slot]
	text := func(of func(*sl) string) []*string {
		return column(slots, func(s *sl) *string { return nonEmpty(of(s)) })
	}
	if len(slots) > 0 {
		b.Queue(insertSlots, v.ID, v.Number, column(slots, func(s *sl) string { return s.step }), column(slots, func(s *sl) string { return s.of.Name }),
			column(slots, func(s *sl) int { return s.position }), column(slots, func(s *sl) string { return string(s.of.Type) }),
			column(slots, func(s *sl) bool { return s.of.Required }), column(slots, func(s *sl) bool { return s.of.Sensitive }),
			column(slots, func(s *sl) string { return s.of.Label }), column(slots, func(s *sl) string { return s.of.Description }),
			text(func(s *sl) string { return s.of.Validate }), text(func(s *sl) string { return s.of.Mask }),
			text(func(s *sl) string { return s.of.Min.Text() }), text(func(s *sl) string { return s.of.Max.Text() }),
			column(slots, func(s *sl) *int { return s.of.MinLength }), column(slots, func(s *sl) *int { return s.of.MaxLength }),
			column(slots, func(s *sl) *string { return metadataColumn(s.of.Metadata) }),
			column(slots, func(s *sl) *string { return source(s.of.When) }), column(slots, func(s *sl) *string { return source(s.of.RequiredWhen) }))
	}
	type opt = placed[option]
	if len(options) > 0 {
		b.Queue(insertOptions, v.ID, v.Number, column(options, func(o *opt) string { return o.step }), column(options, func(o *opt) string { return o.of.slot }),
			column(options, func(o *opt) int { return o.position }), column(options, func(o *opt) string { return o.of.value }))
	}
}

func queueItems(b *pgx.Batch, v *procedure.Version, items []placed[checklist.Item]) {
	type it = placed[checklist.Item]
	if len(items) == 0 {
		return
	}
	b.Queue(insertItems, v.ID, v.Number, column(items, func(i *it) string { return i.step }), column(items, func(i *it) string { return i.of.Key }),
		column(items, func(i *it) int { return i.position }), column(items, func(i *it) string { return i.of.Label }),
		column(items, func(i *it) string { return i.of.Description }), column(items, func(i *it) bool { return i.of.Required }),
		column(items, func(i *it) bool { return i.of.DefaultState }), column(items, func(i *it) *string { return metadataColumn(i.of.Metadata) }),
		column(items, func(i *it) *string { return source(i.of.When) }))
}

// source is a condition as it was written, NULL where there is none.
func source(c *condition.Condition) *string {
	if c == nil {
		return nil
	}
	return &c.Source
}
