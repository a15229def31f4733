package encoding_test

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/slot"
)

// object and array are the JSON of a payload. Members with an empty value are left out.
type (
	object = map[string]any
	array  = []any
	typed  struct{ value jsontext.Value } // a commitment to the value stands in its place
	kept   struct{ value any }            // written even if it is empty
)

// genericPayload returns the payload of a fact, built as a tree of maps and marshalled by the library. The result is
// neither sorted nor canonical.
func genericPayload(v *procedure.Version, fact run.Fact, by *audit.Committer) ([]byte, error) {
	members := generic{v}.payload(fact)
	return json.Marshal(withCommitments(members, "", by))
}

// withCommitments replaces the typed values in a tree and removes members that are empty.
func withCommitments(in any, place string, by *audit.Committer) any {
	switch in := in.(type) {
	case object:
		for name, value := range in {
			if value == nil || value == "" || value == 0 || value == false {
				delete(in, name)
				continue
			}
			at := place + "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
			if in[name] = withCommitments(value, at, by); in[name] == nil {
				delete(in, name)
			}
		}
		return in
	case array:
		if len(in) == 0 {
			return nil
		}
		for i := range in {
			in[i] = withCommitments(in[i], place+"/"+strconv.Itoa(i), by)
		}
		return in
	case typed:
		return by.Commit(place, in.value)
	case kept:
		return withCommitments(in.value, place, by)
	}
	return in
}

// generic builds the trees of payloads.
type generic struct{ version *procedure.Version }

func (g generic) payload(fact run.Fact) object {
	v := g.version
	switch f := fact.(type) {
	case run.Created:
		return object{
			"procedure_id": v.ID, "procedure_version": v.Number, "digest": v.Digest, "conditions": int(v.Meaning),
			"user_id": text(f.UserID), "reference": text(f.Reference), "metadata": anyJSON(f.Metadata),
		}
	case run.Started:
		return object{}
	case run.Opened:
		p := object{"decisions": g.decisions(f.Conditions)}
		g.visit(p, f.Step, f.Visit)
		var names array
		for _, j := range f.Carried {
			names = append(names, v.Steps[f.Step].Slots[j].Name)
		}
		p["carried"] = names
		return p
	case run.DraftSaved:
		return g.content(f.Content)
	case run.StepCommitted:
		p := g.content(f.Content)
		p["decisions"] = g.decisions(f.Conditions)
		return p
	case run.Amended:
		return g.amended(f)
	case run.StepSkipped:
		return g.visit(object{"reason": text(f.Reason)}, f.Step, f.Visit)
	case run.StepNotApplicable:
		return object{"step": v.Steps[f.Step].Key, "transition": f.Transition, "decisions": g.decisions(f.Conditions)}
	case run.RunCompleted:
		return object{"decisions": g.decisions(f.Conditions)}
	case run.RunFailed:
		return object{"reason": text(f.Reason)}
	case run.ContentErased:
		return g.erased(f)
	case run.ValueErased:
		p := object{"slot": v.Steps[f.Step].Slots[f.Slot].Name, "reason": text(f.Reason)}
		return g.visit(p, f.Step, f.Visit)
	case run.SlotRevealed:
		p := object{"slot": v.Steps[f.Step].Slots[f.Slot].Name, "reason": text(f.Reason)}
		return g.visit(p, f.Step, f.Visit)
	case run.Refused:
		return g.refused(f)
	}
	panic(fmt.Sprintf("no payload for %T", fact))
}

func (g generic) visit(p object, step, number int) object {
	p["step"], p["visit"] = g.version.Steps[step].Key, number
	return p
}

func (g generic) content(c run.Content) object {
	def := &g.version.Steps[c.Step]
	p := object{"not_applicable": all(c.InapplicableFields(def)), "applicable": all(c.ApplicableFields(def))}
	var ticks array
	for _, tick := range c.Ticks {
		ticks = append(ticks, object{"key": kept{tick.Key}, "completed": kept{tick.Completed}})
	}
	p["checklist"] = ticks
	slots, origins := object{}, object{}
	for _, e := range c.Slots {
		raw := jsontext.Value(e.Value.AppendCanonical(nil))
		var member any = typed{raw}
		if e.Value.IsAbsent() || e.Value.Shape() == slot.SealedShape {
			member = raw
		}
		slots[def.Slots[e.Slot].Name] = member
		if e.Origin != slot.Manual {
			origins[def.Slots[e.Slot].Name] = string(e.Origin)
		}
	}
	if len(slots) > 0 {
		p["slots"] = slots
	}
	for _, origin := range origins {
		if origin != "" {
			p["origins"] = origins
		}
	}
	return g.visit(p, c.Step, c.Visit)
}

func (g generic) amended(f run.Amended) object {
	p := g.content(f.Content)
	p["reason"], p["decisions"] = text(f.Reason), g.decisions(f.Conditions)
	var divergences array
	for _, d := range f.Divergences {
		divergences = append(divergences, d)
	}
	p["divergences"] = divergences
	return p
}

func (g generic) decisions(results []run.ConditionResult) (all array) {
	for _, r := range results {
		d := object{"condition": kept{r.Condition}, "expression": kept{r.Expression}, "result": kept{r.Result}}
		values := object{}
		for name, value := range r.Values {
			if values[name] = anyJSON(value); values[name] == nil {
				values[name] = jsontext.Value("null")
			}
		}
		if len(values) > 0 {
			d["values"] = values
		}
		all = append(all, d)
	}
	return all
}

func (g generic) erased(f run.ContentErased) object {
	var targets, places array
	for _, t := range f.Targets {
		target := object{"text": string(t.Text)}
		if t.Text == "" || t.Text == run.ErasedSkipReason {
			g.visit(target, t.Step, t.Visit)
		}
		if t.Text == "" {
			target["slot"] = g.version.Steps[t.Step].Slots[t.Slot].Name
		}
		targets = append(targets, target)
	}
	for _, place := range f.Places {
		places = append(places, place)
	}
	return object{"erased": targets, "places": places, "reason": text(f.Reason)}
}

func (g generic) refused(f run.Refused) object {
	p := object{
		"command": f.Command, "code": f.Code, "issues_omitted": f.Omitted, "input": text(f.Input), "partial": f.Partial,
		"unrecorded": f.Unrecorded, "step": text(f.Step),
	}
	if len(f.Params) > 0 {
		p["params"] = f.Params
	}
	i, known := g.version.StepIndex(f.Step)
	if known {
		p["step"] = f.Step
	}
	var issues array
	for _, is := range f.Issues {
		issue := object{"code": kept{is.Code}, "field": kept{text(is.Field)}}
		if !strings.HasPrefix(is.Field, "slots.") && !strings.HasPrefix(is.Field, "checklist.") &&
			!strings.HasPrefix(is.Field, "origins.") || known && g.declares(&g.version.Steps[i], is.Field) {
			issue["field"] = kept{is.Field}
		}
		if is.Field == "" {
			issue["field"] = jsontext.Value("null")
		}
		if len(is.Params) > 0 {
			issue["params"] = is.Params
		}
		issues = append(issues, issue)
	}
	p["issues"] = issues
	return p
}

// declares reports whether a field is a slot or an item of the step.
func (generic) declares(def *procedure.Step, field string) bool {
	for _, sl := range def.Slots {
		if field == "slots."+sl.Name || field == "origins."+sl.Name {
			return true
		}
	}
	for _, it := range def.Items {
		if field == "checklist."+it.Key {
			return true
		}
	}
	return false
}

// text returns the member for a text that somebody typed; nil if it is empty.
func text(s string) any {
	if s == "" {
		return nil
	}
	value, _ := jsontext.AppendQuote(nil, s)
	return typed{value}
}

// anyJSON returns the member for a JSON value that somebody typed; nil if it is empty.
func anyJSON(raw jsontext.Value) any {
	if len(raw) == 0 {
		return nil
	}
	value := raw.Clone()
	if err := value.Canonicalize(); err != nil {
		panic(err)
	}
	if value.Kind() == 'n' {
		return value
	}
	return typed{value}
}

func all(texts []string) (members array) {
	for _, s := range texts {
		members = append(members, s)
	}
	return members
}
