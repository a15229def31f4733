package http

import (
	"context"
	"net/http"

	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
)

// SimulateProcedure handles POST /procedures/simulate.
func (s *server) SimulateProcedure(
	ctx context.Context, r api.SimulateProcedureRequestObject,
) (api.SimulateProcedureResponseObject, error) {
	b, c := r.Body, callOf(ctx)
	definition := c.document.Get("definition")
	if definition != nil && definition.Kind == jsondoc.Null {
		definition = nil
	}
	if err := eitherOf("procedure_id", b.ProcedureID != nil, "definition", definition != nil); err != nil {
		return nil, err
	}
	in := app.SimulationInput{
		ProcedureID: deref(b.ProcedureID), Version: deref(b.ProcedureVersion),
		Definition: c.numbers.readDefinition(definition), Metadata: c.document.Get("metadata"),
		ReadAnswer: c.numbers.readAnswer(),
	}
	for _, a := range b.Answers {
		in.Answers = append(in.Answers, simulatedAnswer(a))
	}
	v, done, err := s.as(ctx).Simulate(ctx, c.request(), in)
	if err != nil {
		return nil, err
	}
	return jsonResponse(http.StatusOK, c.simulation(v, done), map[string]string{"Content-Language": c.locale.Language()})
}

// eitherOf returns an error unless exactly one of two members of a body is given.
func eitherOf(name string, given bool, other string, otherGiven bool) error {
	if given != otherGiven {
		return nil
	}
	is := fault.Issue{Field: "/" + name, Code: "request.alternative", Params: fault.Params{"other": other}}
	if given {
		is.Code = "request.exclusive"
	}
	return invalidRequest([]fault.Issue{is})
}

func simulatedAnswer(a api.SimulationAnswer) run.SimulationAnswer {
	out := run.SimulationAnswer{Step: a.Step, Slots: map[string][]byte{}, Skip: deref(a.Skip)}
	for name, raw := range a.Slots {
		out.Slots[name] = raw
	}
	for _, t := range a.Checklist {
		out.Ticks = append(out.Ticks, checklist.Tick{Key: t.Key, Completed: t.Completed})
	}
	return out
}

// simulation is the response body. If the simulated run could not continue, Problem explains why.
type simulation struct {
	Outcome   string           `json:"outcome"`
	Path      []simulationStep `json:"path"`
	Decisions []decision       `json:"decisions"`
	Problem   *problem         `json:"problem"`
}

type simulationStep struct {
	Step          string     `json:"step"`
	Visit         int        `json:"visit"`
	State         string     `json:"state"`
	Missing       []string   `json:"missing"`
	NotApplicable []string   `json:"not_applicable"`
	Transition    *string    `json:"transition"`
	Decisions     []decision `json:"decisions"`
}

type decision struct {
	Condition  string         `json:"condition"`
	Expression string         `json:"expression"`
	Result     bool           `json:"result"`
	Values     map[string]any `json:"values"`
}

func (c *call) simulation(v *procedure.Version, done run.Simulation) simulation {
	body := simulation{
		Outcome: "completed", Path: make([]simulationStep, len(done.Path)), Decisions: decisions(done.Conditions),
	}
	for i, p := range done.Path {
		body.Path[i] = simulationStep{
			Step: v.Steps[p.Step].Key, Visit: p.Visit, State: string(p.State),
			Missing: append([]string{}, p.Missing...), NotApplicable: append([]string{}, p.NotApplicable...),
			Transition: optional(p.Transition), Decisions: decisions(p.Conditions),
		}
	}
	if done.Stopped != nil {
		if last := len(done.Path) - 1; last >= 0 {
			c.showLabels(v.Definition, v.Steps[done.Path[last].Step].Key)
		}
		problem := c.problem("/procedures/simulate", done.Stopped)
		body.Outcome, body.Problem = "stopped", &problem
	}
	return body
}

func decisions(results []run.ConditionResult) []decision {
	all := make([]decision, len(results))
	for i, r := range results {
		all[i] = decision{Condition: r.Condition, Expression: r.Expression, Result: r.Result, Values: map[string]any{}}
		for name, value := range r.Values {
			all[i].Values[name] = value
		}
	}
	return all
}
