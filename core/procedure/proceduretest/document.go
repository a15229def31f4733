// Package proceduretest makes random definitions for tests.
package proceduretest

import (
	"encoding/json"
	"fmt"

	"pgregory.net/rapid"
)

// Document draws one valid definition written in two ways: plainly, and dressed: defaults said outright, positions
// instead of order, numbers in other notations, empty members.
func Document(t *rapid.T) (plain, dressed string) {
	g := generator{t}
	steps := g.several(1, 4, g.step)
	p := map[string]any{"id": "p", "name": g.text(), "steps": project(steps, 0)}
	d := map[string]any{"id": "p", "name": p["name"], "steps": g.shuffled(project(steps, 1)), "format": "2", "max_visits": 2e1, "description": nil, "translations": map[string]any{}}
	if g.maybe() {
		p["metadata"], d["metadata"] = map[string]any{"a": 1, "b": []any{nil}}, json.RawMessage(`{"b":[null],"a":1.0e0}`)
	}
	if g.maybe() {
		p["language"], d["language"] = "fr", "fr"
		p["translations"] = map[string]any{"en": map[string]any{"name": "N"}}
		d["translations"] = map[string]any{"en": map[string]any{"name": "N", "description": ""}, "de": map[string]any{}}
	}
	return marshal(t, p), marshal(t, d)
}

type generator struct{ t *rapid.T }

// twin is one element in both ways of writing.
type twin [2]map[string]any

func (g generator) maybe() bool { return rapid.Bool().Draw(g.t, "maybe") }
func (g generator) text() string {
	return rapid.StringMatching(`[A-Za-zé"\\<&]{1,8}`).Draw(g.t, "text")
}
func project(all []twin, way int) []any {
	var elements []any
	for _, e := range all {
		elements = append(elements, e[way])
	}
	return elements
}

func (g generator) several(least, most int, draw func(i int) twin) []twin {
	var all []twin
	for i := range rapid.IntRange(least, most).Draw(g.t, "count") {
		all = append(all, draw(i))
	}
	return all
}

// shuffled gives elements positions and then any order.
func (g generator) shuffled(elements []any) []any {
	for i, e := range elements {
		e.(map[string]any)["position"] = json.RawMessage(fmt.Sprintf("%d.0", 3*i))
	}
	return rapid.Permutation(elements).Draw(g.t, "order")
}

func (g generator) step(i int) twin {
	key, title := fmt.Sprintf("step-%d", i), g.text()
	slots, items := g.several(0, 4, g.slot), g.several(0, 3, g.item)
	p, d := map[string]any{"key": key, "title": title}, map[string]any{"key": key, "title": title, "skippable": false, "prompt": "", "when": nil}
	if len(slots) > 0 {
		p["slots"] = project(slots, 0)
	}
	if len(items) > 0 {
		p["checklist_items"] = project(items, 0)
	}
	d["slots"], d["checklist_items"] = g.shuffled(project(slots, 1)), g.shuffled(project(items, 1))
	g.extras(p, d, "title", "prompt")
	return twin{p, d}
}

// extras are what any element may carry: metadata and its own texts in other languages.
func (g generator) extras(p, d map[string]any, heading, body string) {
	if g.maybe() {
		p["metadata"], d["metadata"] = map[string]any{"\ue000": 0.5, "😀": []any{}, "a": 1000}, json.RawMessage(`{"a":1e3,"😀":[],"\ue000":5.0e-1}`)
	} else if g.maybe() {
		d["metadata"] = map[string]any{}
	}
	if g.maybe() {
		words := g.text()
		p["translations"] = map[string]any{"en": map[string]any{heading: words}, "de": map[string]any{body: words}}
		d["translations"] = map[string]any{"de": map[string]any{body: words, heading: nil}, "en": map[string]any{body: "", heading: words}, "fr": map[string]any{}}
	}
}

func (g generator) item(i int) twin {
	key, label := fmt.Sprintf("item.%d", i), g.text()
	p, d := map[string]any{"key": key, "label": label}, map[string]any{"key": key, "label": label, "default_state": false, "required": false}
	if g.maybe() {
		p["required"], d["required"] = true, true
	}
	g.extras(p, d, "label", "description")
	return twin{p, d}
}

// constraints are members of a slot of some type, in two notations.
var constraints = [][2]string{
	{`{"type":"string","validate":"a|b","default":"a"}`, `{"type":"string","validate":"a|b","default":"a","mask":""}`},
	{`{"type":"text","min_length":1,"max_length":10}`, `{"type":"text","min_length":1.0,"max_length":1e1}`},
	{`{"type":"integer","min":-10,"max":12345678901234567890}`, `{"type":"integer","min":-1e1,"max":12345678901234567890.0}`},
	{`{"type":"number","min":0.5,"default":1}`, `{"type":"number","min":5e-1,"default":1.000}`},
	{`{"type":"boolean","default":false}`, `{"type":"boolean","default":false,"options":[]}`},
	{`{"type":"date","min":"2024-02-29"}`, `{"type":"date","min":"2024-02-29","max":null}`},
	{`{"type":"datetime","max":"2026-11-23T09:30:00.50+01:00"}`, `{"type":"datetime","max":"2026-11-23T09:30:00.50+01:00"}`},
	{`{"type":"time","default":"09:30:00"}`, `{"type":"time","default":"09:30:00","min":""}`},
	{`{"type":"enum","options":["b","a"],"translations":{"en":{"options":{"a":"A"}}}}`, `{"type":"enum","options":["b","a"],"translations":{"en":{"label":"","options":{"a":"A","b":null}}}}`},
	{`{"type":"multi_enum","options":["b","a"],"default":["a","b"]}`, `{"type":"multi_enum","options":["b","a"],"default":["a","b"],"max_length":null}`},
	{`{"type":"email"}`, `{"type":"email","default":""}`}, {`{"type":"url","label":"L"}`, `{"type":"url","label":"L","description":""}`},
	{`{"type":"phone","metadata":{"region":"FR"}}`, `{"type":"phone","metadata":{"region":"FR"}}`},
}

func (g generator) slot(i int) twin {
	var pair twin
	for way, text := range rapid.SampledFrom(constraints).Draw(g.t, "constraints") {
		var raw map[string]json.RawMessage
		if err := json.Unmarshal([]byte(text), &raw); err != nil {
			g.t.Fatal(err)
		}
		pair[way] = map[string]any{"name": fmt.Sprintf("slot_%d", i)}
		for name, v := range raw {
			pair[way][name] = v
		}
	}
	pair[1]["required"], pair[1]["sensitive"] = true, false
	if g.maybe() {
		pair[0]["required"], pair[1]["required"] = false, false
	}
	if g.maybe() {
		pair[0]["sensitive"], pair[1]["sensitive"] = true, true
	}
	return pair
}

func marshal(t *rapid.T, v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
