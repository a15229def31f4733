package app

import (
	"context"

	"github.com/procedo/procedo/core/audit"
)

// Export hands on every event there is, entity by entity (by type and id), each entity's oldest first.
func (s *Service) Export(ctx context.Context, each func(audit.Event) error) error {
	return s.EachEntity(ctx, func(page []Entity) error {
		for _, e := range page {
			if err := s.exportEntity(ctx, e, each); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Service) exportEntity(ctx context.Context, e Entity, each func(audit.Event) error) error {
	var seq int64
	for {
		page, err := s.Trail.Events(ctx, e.Type, e.ID, seq, eventPage)
		if err != nil {
			return err
		}
		for _, event := range page {
			if err := each(event); err != nil {
				return err
			}
			seq = event.Seq
		}
		if len(page) < eventPage {
			return nil
		}
	}
}

// ExportCheck checks the events of an export as they come: sequence, hashes and copies of every entity. Definitions
// and rows are not in an export, so that what the events mean is not checked. The zero value is ready.
type ExportCheck struct {
	Verified Verified

	chain audit.Chain
	seen  map[Entity]bool
}

// Next checks one more event.
func (c *ExportCheck) Next(e audit.Event, report func(audit.Finding)) {
	if entity := (Entity{e.EntityType, e.EntityID}); c.seen == nil || c.chain.EntityType != entity.Type || c.chain.EntityID != entity.ID {
		c.begin(entity, report)
	}
	for _, f := range c.chain.Check(e) {
		report(f)
	}
	c.Verified.Events++
}

func (c *ExportCheck) begin(entity Entity, report func(audit.Finding)) {
	if c.seen == nil {
		c.seen = map[Entity]bool{}
	}
	if c.seen[entity] {
		report(audit.Finding{EntityType: entity.Type, EntityID: entity.ID, Problem: "its events do not stand together"})
	}
	c.seen[entity] = true
	c.chain = audit.Chain{EntityType: entity.Type, EntityID: entity.ID}
	if entity.Type == audit.RunEntity {
		c.Verified.Runs++
	} else {
		c.Verified.Procedures++
	}
}
