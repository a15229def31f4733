package sqlite

import (
	"context"

	"github.com/procedo/procedo/adapters/sqlite/gen/model"
	"github.com/procedo/procedo/adapters/sqlite/gen/table"
	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/slot"
)

// projection is a version as rows.
type definitionRows struct {
	version model.ProcedureVersions
	steps   []model.ProcedureSteps
	ways    []model.ProcedureTransitions
	slots   []model.ProcedureSlots
	options []model.ProcedureSlotOptions
	items   []model.ProcedureChecklistItems
}

// publish writes a version: its document, and the rows that SQL can ask about.
func publish(ctx context.Context, t tx, v *procedure.Version) error {
	p := project(v)
	if _, err := t.exec(ctx, table.ProcedureVersions.INSERT(table.ProcedureVersions.AllColumns).MODEL(p.version)); err != nil {
		return err
	}
	if err := insertAll(ctx, t, p.steps, func(rows []model.ProcedureSteps) statement {
		return table.ProcedureSteps.INSERT(table.ProcedureSteps.AllColumns).MODELS(rows)
	}); err != nil {
		return err
	}
	if err := insertAll(ctx, t, p.slots, func(rows []model.ProcedureSlots) statement {
		return table.ProcedureSlots.INSERT(table.ProcedureSlots.AllColumns).MODELS(rows)
	}); err != nil {
		return err
	}
	if err := insertAll(ctx, t, p.options, func(rows []model.ProcedureSlotOptions) statement {
		return table.ProcedureSlotOptions.INSERT(table.ProcedureSlotOptions.AllColumns).MODELS(rows)
	}); err != nil {
		return err
	}
	if err := insertAll(ctx, t, p.ways, func(rows []model.ProcedureTransitions) statement {
		return table.ProcedureTransitions.INSERT(table.ProcedureTransitions.AllColumns).MODELS(rows)
	}); err != nil {
		return err
	}
	return insertAll(ctx, t, p.items, func(rows []model.ProcedureChecklistItems) statement {
		return table.ProcedureChecklistItems.INSERT(table.ProcedureChecklistItems.AllColumns).MODELS(rows)
	})
}

func project(v *procedure.Version) definitionRows {
	id, n := v.ID, int64(v.Number)
	p := definitionRows{version: model.ProcedureVersions{
		ProcedureID: id, Version: n, Digest: v.Digest, Document: string(v.Canonical()), MaxVisits: int64(v.MaxVisits),
		Metadata: metadataColumn(v.Metadata), CreatedAt: instant(v.CreatedAt), CreatedBy: v.CreatedBy,
	}}
	for i := range v.Steps {
		s := &v.Steps[i]
		p.steps = append(p.steps, model.ProcedureSteps{
			ProcedureID: id, Version: n, StepKey: s.Key, Position: int64(i + 1), Title: s.Title, Prompt: s.Prompt,
			Metadata: metadataColumn(s.Metadata), Condition: sourceOf(s.When), Skippable: integer(s.Skippable),
		})
		for j, w := range s.Transitions {
			p.ways = append(p.ways, model.ProcedureTransitions{
				ProcedureID: id, Version: n, StepKey: s.Key, Position: int64(j + 1), Condition: sourceOf(w.When), Target: w.To,
			})
		}
		for j := range s.Slots {
			p.slot(id, n, s.Key, int64(j+1), &s.Slots[j])
		}
		for j, it := range s.Items {
			p.items = append(p.items, model.ProcedureChecklistItems{
				ProcedureID: id, Version: n, StepKey: s.Key, ItemKey: it.Key, Position: int64(j + 1), Label: it.Label,
				Description: it.Description, Required: integer(it.Required), DefaultState: integer(it.DefaultState),
				Metadata: metadataColumn(it.Metadata), Condition: sourceOf(it.When),
			})
		}
	}
	return p
}

func (p *definitionRows) slot(id string, version int64, step string, position int64, s *slot.Slot) {
	p.slots = append(p.slots, model.ProcedureSlots{
		ProcedureID: id, Version: version, StepKey: step, SlotName: s.Name, Position: position, Type: string(s.Type),
		Required: integer(s.Required), Sensitive: integer(s.Sensitive), Label: s.Label, Description: s.Description,
		Validate: nonEmpty(s.Validate), Mask: nonEmpty(s.Mask), Min: nonEmpty(s.Min.Text()), Max: nonEmpty(s.Max.Text()),
		MinLength: optionalInteger(s.MinLength), MaxLength: optionalInteger(s.MaxLength), Metadata: metadataColumn(s.Metadata),
		Condition: sourceOf(s.When), RequiredCondition: sourceOf(s.RequiredWhen),
	})
	for k, o := range s.Options {
		p.options = append(p.options, model.ProcedureSlotOptions{
			ProcedureID: id, Version: version, StepKey: step, SlotName: s.Name, Position: int64(k + 1), Value: o,
		})
	}
}

// sourceOf is a condition as it was written, nil where there is none.
func sourceOf(c *condition.Condition) *string {
	if c == nil {
		return nil
	}
	return &c.Source
}
