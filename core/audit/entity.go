package audit

import (
	"cmp"
	"strconv"
	"strings"
)

// The types of entities that have a trail.
const (
	RunEntity       = "run"
	ProcedureEntity = "procedure"
)

// CheckpointEntity is the entity type of checkpoints in findings and in the feed.
const CheckpointEntity = "checkpoint"

// Entity identifies a run, a procedure or a checkpoint. Only runs and procedures have a trail.
type Entity struct {
	Type string // RunEntity, ProcedureEntity or CheckpointEntity; "feed" in findings about the feed itself
	ID   string
}

// Run returns the entity of a run.
func Run(id string) Entity { return Entity{Type: RunEntity, ID: id} }

// Procedure returns the entity of a procedure.
func Procedure(id string) Entity { return Entity{Type: ProcedureEntity, ID: id} }

// Compare compares entities by type, then by id, byte by byte.
func (e Entity) Compare(o Entity) int {
	return cmp.Or(strings.Compare(e.Type, o.Type), strings.Compare(e.ID, o.ID))
}

func (e Entity) String() string { return e.Type + " " + e.ID }

// CheckpointNumbered returns the entity of a checkpoint.
func CheckpointNumbered(number int64) Entity {
	return Entity{Type: CheckpointEntity, ID: CheckpointID(number)}
}

// CheckpointID returns the entity id of a checkpoint: its number in decimal.
func CheckpointID(number int64) string { return strconv.FormatInt(number, 10) }
