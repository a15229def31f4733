package main

import (
	"encoding/json"
	"fmt"
)

// procedure is a definition with the commits that execute it.
type procedure struct {
	id      string
	text    []byte // the definition document
	commits []commit
}

// commit is a request that commits a step.
type commit struct {
	step string
	body []byte
}

type object = map[string]any

// newProcedure returns a procedure with the given number of steps, each with the given number of slots, and with two
// checklist items. The slots are of four types in turn.
func newProcedure(id string, steps, slots int) procedure {
	p := procedure{id: id}
	document := object{"id": id, "name": "Benchmark of " + id}
	var all []object
	for i := range steps {
		key := fmt.Sprintf("step_%d", i+1)
		step := object{
			"key": key, "title": fmt.Sprintf("Step %d", i+1), "prompt": "Do what has to be done and record the result.",
			"checklist_items": []object{
				{"key": "checked", "label": "Checked by two people", "required": true}, {"key": "told", "label": "Owner told"},
			},
		}
		values, declared := object{}, []object{}
		for j := range slots {
			slot, value := newSlot(j)
			declared = append(declared, slot)
			values[fmt.Sprint(slot["name"])] = value
		}
		step["slots"] = declared
		all = append(all, step)
		p.commits = append(p.commits, commit{key, encode(object{"slots": values, "checklist": []object{
			{"key": "checked", "completed": true}, {"key": "told", "completed": true},
		}})})
	}
	document["steps"] = all
	p.text = encode(document)
	return p
}

// newSlot returns the declaration of slot number j and a valid value.
func newSlot(j int) (slot object, value any) {
	name := fmt.Sprintf("slot_%d", j+1)
	slot = object{"name": name, "label": "Slot"}
	switch j % 4 {
	case 0:
		slot["type"], slot["validate"], value = "string", "REF-[0-9]{6}", "REF-004211"
	case 1:
		slot["type"], value = "date", "2026-03-14"
	case 2:
		slot["type"], slot["options"], value = "enum", []string{"high", "medium", "low"}, "medium"
	default:
		slot["type"], value = "boolean", true
	}
	return slot, value
}

func encode(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // the program's own maps
	}
	return text
}

// start returns the body of the request that starts a run.
func (p procedure) start() []byte {
	return encode(object{"procedure_id": p.id, "user_id": "bench"})
}
