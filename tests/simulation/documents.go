package simulation

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/app/apptest"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run/runtest"
)

// secretMark is a part of every text that the clients give for a sensitive slot.
const secretMark = "s3cr3t"

// document is a definition and a later version of it.
type document [2]*jsondoc.Node

// loop is a procedure whose second step leads back to the first, which keeps its values.
const loop = `{"id":"loop","name":"Loop","max_visits":3,"steps":[
	{"key":"step-0","title":"S","on_return":"keep","agents":"draft","slots":[
		{"name":"s0","type":"string"},{"name":"s1","type":"string","sensitive":true,"required":false}],
	 "checklist_items":[{"key":"i0","label":"I"}]},
	{"key":"step-1","title":"T","skippable":true,"slots":[{"name":"s0","type":"boolean"}],
	 "transitions":[{"when":"steps[\"step-1\"].?s0.orValue(false)","to":"step-0"}]},
	{"key":"step-2","title":"U","agents":"none","slots":[{"name":"s0","type":"text","required":false,"sensitive":true}]}]}`

// branch is a procedure whose path depends on values that can be amended.
const branch = `{"id":"branch","name":"Branch","steps":[
	{"key":"step-0","title":"S","slots":[{"name":"s0","type":"integer"},{"name":"s1","type":"enum","options":["a","b"]}],
	 "rules":[{"key":"r","assert":"s0 < 10 || s1 == 'a'","message":"too many","fields":["s0"]}],
	 "transitions":[{"when":"s0 > 1","to":"step-2"}]},
	{"key":"step-1","title":"T","skippable":true,"when":"steps[\"step-0\"].s1 == 'a'",
	 "slots":[{"name":"s0","type":"string","required_when":"steps[\"step-0\"].s0 == 1","required":false}]},
	{"key":"step-2","title":"U","checklist_items":[{"key":"i0","label":"I","required":true}]},
	{"key":"step-3","title":"V","slots":[{"name":"s0","type":"multi_enum","options":["a","b"],"required":false}]}]}`

const (
	handmade       = 2
	drawnDocuments = 12
)

// documents are the definitions of all simulations, and created what creates their procedures. They are the same in
// every simulation, so that each is compiled only once.
var (
	documents []document
	created   []app.ProcedureChange
)

var prepareDocuments = sync.OnceFunc(func() {
	documents = append(documents, read(json.RawMessage(loop)), read(json.RawMessage(branch)))
	for i := 0; len(documents) < handmade+drawnDocuments; i++ {
		def := *runtest.Version(cel.Language{}).Example(i).Definition
		if len(def.Steps) < 2 && i%4 > 0 { // small ones are drawn too often
			continue
		}
		def.ID = fmt.Sprintf("random-%d", i)
		documents = append(documents, read(def.JSON()))
	}
	w := &world{now: runtest.Epoch}
	u := apptest.New(app.Ports{Procedures: creation{}, Clock: clock{w: w}, Random: random{w}, Language: cel.Language{}})
	for _, d := range documents {
		if _, err := u.CreateProcedure(context.Background(), app.Request{ID: setupID}, d[0]); err != nil {
			panic(err)
		}
	}
})

// setupID is the id of the request that creates the procedures.
const setupID = "setup"

// creation keeps the changes that create procedures.
type creation struct{ app.Procedures }

func (creation) Load(context.Context, string) (procedure.Record, error) {
	return procedure.Record{}, storage.ErrNoProcedure
}

func (creation) Append(_ context.Context, c app.ProcedureChange) error {
	created = append(created, c)
	return nil
}

// createProcedures creates the procedures that the clients work with.
func (w *world) createProcedures() {
	w.requests[setupID] = &request{id: setupID, attempts: len(created)}
	for _, c := range w.clients {
		change := created[c.document]
		if _, exists := w.store.procedures[change.After.ID]; exists {
			continue
		}
		if err := w.store.appendProcedure(&change); err != nil {
			panic(err)
		}
	}
}

// read returns a definition as a client sends it, and the same with another description.
func read(definition any) (d document) {
	for i := range d {
		text, err := json.Marshal(definition)
		if err != nil {
			panic(err)
		}
		if i > 0 {
			text = append(text[:len(text)-1], `,"description":"Another version"}`...)
		}
		if d[i], err = jsondoc.Parse(text); err != nil {
			panic(err)
		}
	}
	return d
}
