package postgres

import (
	. "github.com/go-jet/jet/v2/postgres" //nolint:staticcheck // go-jet's language is meant to be read bare
	"github.com/jackc/pgx/v5"

	"github.com/procedo/procedo/adapters/postgres/gen/table"
	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/slot"
)

var (
	insertVersion = func() string {
		v := table.ProcedureVersions
		return fixed(v.INSERT(v.ProcedureID, v.Version, v.Digest, v.Document, v.MaxVisits, v.Metadata, v.CreatedAt, v.CreatedBy).
			QUERY(RawStatement("VALUES ($1, $2, $3, $4, $5, $6::text::json, $7, $8)")))
	}()
	insertSteps = func() string {
		s := table.ProcedureSteps
		return fixed(insertRows(s, ColumnList{s.ProcedureID, s.Version}, array{s.StepKey, "text[]"}, array{s.Position, "int[]"}, array{s.Title, "text[]"},
			array{s.Prompt, "text[]"}, array{s.Metadata, "text[]::json[]"}, array{s.Condition, "text[]"}, array{s.Skippable, "bool[]"}))
	}()
	insertTransitions = func() string {
		w := table.ProcedureTransitions
		return fixed(insertRows(w, ColumnList{w.ProcedureID, w.Version}, array{w.StepKey, "text[]"}, array{w.Position, "int[]"}, array{w.Condition, "text[]"},
			array{w.Target, "text[]"}))
	}()
	insertSlots = func() string {
		s := table.ProcedureSlots
		return fixed(insertRows(s, ColumnList{s.ProcedureID, s.Version}, array{s.StepKey, "text[]"}, array{s.SlotName, "text[]"}, array{s.Position, "int[]"},
			array{s.Type, "text[]"}, array{s.Required, "bool[]"}, array{s.Sensitive, "bool[]"}, array{s.Label, "text[]"}, array{s.Description, "text[]"},
			array{s.Validate, "text[]"}, array{s.Mask, "text[]"}, array{s.Min, "text[]"}, array{s.Max, "text[]"}, array{s.MinLength, "int[]"},
			array{s.MaxLength, "int[]"}, array{s.Metadata, "text[]::json[]"}, array{s.Condition, "text[]"}, array{s.RequiredCondition, "text[]"}))
	}()
	insertOptions = func() string {
		o := table.ProcedureSlotOptions
		return fixed(insertRows(o, ColumnList{o.ProcedureID, o.Version}, array{o.StepKey, "text[]"}, array{o.SlotName, "text[]"}, array{o.Position, "int[]"},
			array{o.Value, "text[]"}))
	}()
	insertItems = func() string {
		i := table.ProcedureChecklistItems
		return fixed(insertRows(i, ColumnList{i.ProcedureID, i.Version}, array{i.StepKey, "text[]"}, array{i.ItemKey, "text[]"}, array{i.Position, "int[]"},
			array{i.Label, "text[]"}, array{i.Description, "text[]"}, array{i.Required, "bool[]"}, array{i.DefaultState, "bool[]"},
			array{i.Metadata, "text[]::json[]"}, array{i.Condition, "text[]"}))
	}()
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
