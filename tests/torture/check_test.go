package torture

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"
)

// event is what the checks read of an event.
type event struct {
	EntityID string `json:"entity_id"`
	Seq      int
	Action   string
	Payload  json.RawMessage
	request  string // request_id in the payload
}

// effects are the actions of which an accepted command writes one. The other events follow from these.
var effects = []string{
	"run.created", "run.failed", "step.draft_saved", "step.committed", "step.amended", "step.skipped",
}

func (e event) isRefusal() bool { return strings.HasSuffix(e.Action, "_refused") }

// check compares what the clients were answered with the trails of the runs, and returns what is wrong.
func check(record []*operation, events []event) (wrong []string) {
	byRequest := map[string][]event{}
	for _, e := range events {
		byRequest[e.request] = append(byRequest[e.request], e)
	}
	for _, o := range record {
		wrong = append(wrong, checkOperation(o, byRequest[o.id])...)
		delete(byRequest, o.id)
	}
	for id, stray := range byRequest {
		wrong = append(wrong, fmt.Sprintf("nobody sent %q, which wrote %s/%d", id, stray[0].EntityID, stray[0].Seq))
	}
	return wrong
}

// fate says what became of the commands in doubt.
func fate(record []*operation, events []event) string {
	written := map[string]bool{}
	for _, e := range events {
		written[e.request] = true
	}
	doubts, done := 0, 0
	for _, o := range record {
		if o.attempts > 0 && o.outcome() == inDoubt {
			doubts++
			if written[o.id] {
				done++
			}
		}
	}
	return fmt.Sprintf("%d of %d commands in doubt are on record", done, doubts)
}

func checkOperation(o *operation, events []event) (wrong []string) {
	var done, refusals []event
	for _, e := range events {
		switch {
		case e.isRefusal():
			refusals = append(refusals, e)
		case slices.Contains(effects, e.Action):
			done = append(done, e)
		}
		if o.run != "" && e.EntityID != o.run {
			wrong = append(wrong, fmt.Sprintf("%s of run %s wrote an event of run %s", o.id, o.run, e.EntityID))
		}
	}
	complain := func(format string, args ...any) {
		wrong = append(wrong, fmt.Sprintf("%s (run %s, last answer %d %s, %d requests of which %d lost) ",
			o.id, o.run, o.status, o.code, o.attempts, o.lost)+fmt.Sprintf(format, args...))
	}
	most := 1
	if o.action == "" {
		most = 0
	}
	if len(done) > most {
		complain("was carried out %d times instead of %d", len(done), most)
	}
	switch o.outcome() {
	case acknowledged:
		if len(done) < most {
			complain("was acknowledged and is not on record")
		}
		for _, e := range done {
			if e.Action != o.action || e.Seq > o.seq || !strings.Contains(string(e.Payload), `:"`+o.id+`"`) {
				complain("is on record as %s at seq %d: %s", e.Action, e.Seq, e.Payload)
			}
		}
	case refused:
		if len(refusals) == 0 {
			complain("was refused and the refusal is not on record")
		}
	case turnedAway:
		if len(events) > 0 {
			complain("was turned away and is on record at seq %d", events[0].Seq)
		}
	case inDoubt:
	}
	if len(refusals) > o.attempts {
		complain("was refused %d times on record", len(refusals))
	}
	return wrong
}

// checkAll compares a record with the trails that the services show, the runs with their trails, and lets the program
// verify the database.
func (d *deployment) checkAll(record []*operation) (wrong []string) {
	events, err := d.events()
	if err != nil {
		return []string{err.Error()}
	}
	d.t.Log(fate(record, events))
	wrong = append(check(record, events), d.checkRuns(events)...)
	out, err := exec.Command(binary, "audit", "verify", "--database-url", d.direct).CombinedOutput()
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, " findings") {
			d.t.Log("audit verify: ", strings.TrimSpace(line))
		}
	}
	if err != nil || !strings.Contains(string(out), ": 0 findings") {
		wrong = append(wrong, fmt.Sprintf("audit verify: %v %.1000s", err, out))
	}
	return wrong
}

// events reads the trails of all runs.
func (d *deployment) events() (all []event, err error) {
	for cursor := ""; ; {
		var page struct {
			Items []event
			Next  string `json:"next_cursor"`
		}
		path := "/audit-events?entity_type=run&limit=200"
		if cursor != "" {
			path += "&cursor=" + cursor
		}
		if err := d.get(0, path, &page); err != nil {
			return nil, err
		}
		for _, e := range page.Items {
			var p struct {
				ID string `json:"request_id"`
			}
			if err := json.Unmarshal(e.Payload, &p); err != nil {
				return nil, err
			}
			e.request = p.ID
			all = append(all, e)
		}
		if cursor = page.Next; cursor == "" {
			return all, nil
		}
	}
}

// checkRuns compares the runs, as each service shows them, with their trails.
func (d *deployment) checkRuns(events []event) (wrong []string) {
	length, highest := map[string]int{}, map[string]int{}
	for _, e := range events {
		length[e.EntityID]++
		highest[e.EntityID] = max(highest[e.EntityID], e.Seq)
	}
	var mu sync.Mutex
	complain := func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		wrong = append(wrong, fmt.Sprintf(format, args...))
	}
	var all errgroup.Group
	all.SetLimit(clients)
	for id, n := range length {
		if n != highest[id] {
			complain("run %s has %d events, of which the last is %d", id, n, highest[id])
		}
		for i := range d.services() {
			all.Go(func() error {
				var run struct{ Seq int }
				if err := d.get(i, "/runs/"+id, &run); err != nil || run.Seq != highest[id] {
					complain("service %d shows run %s at seq %d instead of %d: %v", i, id, run.Seq, highest[id], err)
				}
				return nil
			})
		}
	}
	_ = all.Wait()
	return wrong
}
