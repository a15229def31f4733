package procedo_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/api/procedo"
)

// values returns values by slot name from JSON.
func values(text string) (v client.Values) {
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		panic(err)
	}
	return v
}

// A commit that is refused returns an error that lists all issues; the run stays as it is.
func Example() {
	ctx := context.Background()
	c, err := procedo.New(server, procedo.WithActor("claire"), procedo.WithLanguage("en"))
	if err != nil {
		panic(err)
	}
	run, err := c.Start(ctx, client.RunStart{ProcedureID: "incident-paiement-instantane"})
	if err != nil {
		panic(err)
	}
	step := client.StepCommit{Slots: values(`{"incident_id":"450123","severity":"huge"}`)}
	_, err = c.Commit(ctx, run.ID, *run.CurrentStep, run.Tag, step)
	var problem *procedo.Problem
	if errors.As(err, &problem) {
		fmt.Println(problem.Code)
		for _, issue := range problem.Issues {
			fmt.Println(issue.Field, issue.Code)
		}
	}

	step = client.StepCommit{
		Slots: values(`{"incident_id":"INC-450123","detected_at":"2026-11-23T09:30:00+01:00","severity":"high"}`),
		Checklist: []client.Tick{
			{Key: "acknowledged", Completed: true}, {Key: "on_call_informed", Completed: true},
		},
	}
	run, err = c.Commit(ctx, run.ID, *run.CurrentStep, run.Tag, step)
	if err != nil {
		panic(err)
	}
	fmt.Println("open:", *run.CurrentStep)
	// Output:
	// values.invalid
	// slots.incident_id validation.pattern
	// slots.detected_at validation.required
	// slots.severity validation.enum
	// checklist.acknowledged validation.required
	// checklist.on_call_informed validation.required
	// open: diagnosis
}

// Lists are read page by page while they are iterated over.
func ExampleClient_Runs() {
	ctx := context.Background()
	c, err := procedo.New(server)
	if err != nil {
		panic(err)
	}
	reference := "INC-7"
	for range 3 {
		start := client.RunStart{ProcedureID: "incident-paiement-instantane", Reference: &reference}
		if _, err := c.Start(ctx, start); err != nil {
			panic(err)
		}
	}
	for run, err := range c.Runs(ctx, client.ListRunsParams{Reference: &reference, Limit: new(2)}) {
		if err != nil {
			panic(err)
		}
		fmt.Println(*run.Reference, run.State)
	}
	// Output:
	// INC-7 pending
	// INC-7 pending
	// INC-7 pending
}

// Follow returns the recorded events, and then each new one. A break ends it, or the end of the context.
func ExampleClient_Follow() {
	ctx := context.Background()
	c, err := procedo.New(server, procedo.WithActor("claire"))
	if err != nil {
		panic(err)
	}
	run, err := c.Start(ctx, client.RunStart{ProcedureID: "incident-paiement-instantane"})
	if err != nil {
		panic(err)
	}
	for event, err := range c.Follow(ctx, run.ID, 0) {
		if err != nil {
			panic(err)
		}
		fmt.Println(event.Seq, event.Action)
		if event.Action == "step.opened" {
			break
		}
	}
	// Output:
	// 1 run.created
	// 2 step.opened
}

// Operations without a method of their own are called through API.
func ExampleDecode() {
	c, err := procedo.New(server)
	if err != nil {
		panic(err)
	}
	ctx := context.Background()
	p, err := procedo.Decode[client.Procedure](c.API.GetProcedure(ctx, "incident-paiement-instantane", nil))
	if err != nil {
		panic(err)
	}
	fmt.Println(p.ID, p.Version)
	// Output: incident-paiement-instantane 1
}
