// Package proceduretest generates random definitions for tests.
package proceduretest

import (
	"encoding/json"
	"fmt"

	"pgregory.net/rapid"
)

// object is a JSON object.
type object = map[string]any

// Document draws a valid definition and returns it written in two ways: minimal, and verbose with explicit defaults,
// positions instead of order, numbers in other notations and empty members.
func Document(t *rapid.T) (minimal, verbose string) {
	g := generator{t}
	steps := g.several(1, 4, g.step)
	name := g.text()
	m := object{"id": "p", "name": name, "steps": form(steps, 0)}
	v := object{
		"id": "p", "name": name, "steps": g.shuffled(form(steps, 1)),
		"format": "2", "max_visits": 2e1, "description": nil, "translations": object{},
		"time_zone": "UTC",
	}
	if g.maybe() {
		m["metadata"] = object{"a": 1, "b": []any{nil}}
		v["metadata"] = json.RawMessage(`{"b":[null],"a":1.0e0}`)
	}
	if g.maybe() {
		m["language"], v["language"] = "fr", "fr"
		m["translations"] = object{"en": object{"name": "N"}}
		v["translations"] = object{"en": object{"name": "N", "description": ""}, "de": object{}}
	}
	return marshal(t, m), marshal(t, v)
}

type generator struct{ t *rapid.T }

// element is an element of a definition, written in two ways: minimal and verbose.
type element [2]object

func (g generator) maybe() bool { return rapid.Bool().Draw(g.t, "maybe") }

func (g generator) text() string {
	return rapid.StringMatching(`[A-Za-zé"\\<&]{1,8}`).Draw(g.t, "text")
}

// form returns the minimal form (i is 0) or the verbose form (i is 1) of the elements.
func form(all []element, i int) []any {
	var elements []any
	for _, e := range all {
		elements = append(elements, e[i])
	}
	return elements
}

func (g generator) several(least, most int, draw func(i int) element) []element {
	var all []element
	for i := range rapid.IntRange(least, most).Draw(g.t, "count") {
		all = append(all, draw(i))
	}
	return all
}

// shuffled gives the elements positions and returns them in a random order.
func (g generator) shuffled(elements []any) []any {
	for i, e := range elements {
		e.(object)["position"] = json.RawMessage(fmt.Sprintf("%d.0", 3*i))
	}
	return rapid.Permutation(elements).Draw(g.t, "order")
}

func (g generator) step(i int) element {
	key, title := fmt.Sprintf("step-%d", i), g.text()
	slots, items := g.several(0, 4, g.slot), g.several(0, 3, g.item)
	m := object{"key": key, "title": title}
	v := object{"key": key, "title": title, "skippable": false, "prompt": "", "when": nil}
	switch rapid.SampledFrom([]string{"absent", "commit", "draft", "none"}).Draw(g.t, "agents") {
	case "commit":
		v["agents"] = rapid.SampledFrom([]any{"commit", "", nil}).Draw(g.t, "default")
	case "draft":
		m["agents"], v["agents"] = "draft", "draft"
	case "none":
		m["agents"], v["agents"] = "none", "none"
	}
	if len(slots) > 0 {
		m["slots"] = form(slots, 0)
	}
	if len(items) > 0 {
		m["checklist_items"] = form(items, 0)
	}
	v["slots"], v["checklist_items"] = g.shuffled(form(slots, 1)), g.shuffled(form(items, 1))
	g.extras(m, v, "title", "prompt")
	return element{m, v}
}

// extras adds members that every kind of element may have: metadata, and translations of two of its texts.
func (g generator) extras(m, v object, heading, body string) {
	if g.maybe() {
		m["metadata"] = object{"\ue000": 0.5, "😀": []any{}, "a": 1000}
		v["metadata"] = json.RawMessage(`{"a":1e3,"😀":[],"\ue000":5.0e-1}`)
	} else if g.maybe() {
		v["metadata"] = object{}
	}
	if g.maybe() {
		words := g.text()
		m["translations"] = object{"en": object{heading: words}, "de": object{body: words}}
		v["translations"] = object{
			"de": object{body: words, heading: nil}, "en": object{body: "", heading: words}, "fr": object{},
		}
	}
}

func (g generator) item(i int) element {
	key, label := fmt.Sprintf("item.%d", i), g.text()
	m := object{"key": key, "label": label}
	v := object{"key": key, "label": label, "default_state": false, "required": false}
	if g.maybe() {
		m["required"], v["required"] = true, true
	}
	g.extras(m, v, "label", "description")
	return element{m, v}
}

// slotMembers holds pairs of objects with equivalent slot members, the first minimal and the second verbose.
var slotMembers = [][2]string{
	{
		`{"type":"string","validate":"a|b","default":"a"}`,
		`{"type":"string","validate":"a|b","default":"a","mask":""}`,
	},
	{
		`{"type":"text","min_length":1,"max_length":10}`,
		`{"type":"text","min_length":1.0,"max_length":1e1}`,
	},
	{
		`{"type":"integer","min":-10,"max":12345678901234567890}`,
		`{"type":"integer","min":-1e1,"max":12345678901234567890.0}`,
	},
	{
		`{"type":"number","min":0.5,"default":1}`,
		`{"type":"number","min":5e-1,"default":1.000}`,
	},
	{
		`{"type":"boolean","default":false}`,
		`{"type":"boolean","default":false,"options":[]}`,
	},
	{
		`{"type":"date","min":"2024-02-29"}`,
		`{"type":"date","min":"2024-02-29","max":null}`,
	},
	{
		`{"type":"datetime","max":"2026-11-23T09:30:00.50+01:00"}`,
		`{"type":"datetime","max":"2026-11-23T09:30:00.50+01:00"}`,
	},
	{
		`{"type":"time","default":"09:30:00"}`,
		`{"type":"time","default":"09:30:00","min":""}`,
	},
	{
		`{"type":"enum","options":["b","a"],"translations":{"en":{"options":{"a":"A"}}}}`,
		`{"type":"enum","options":["b","a"],"translations":{"en":{"label":"","options":{"a":"A","b":null}}}}`,
	},
	{
		`{"type":"enum","options":["b",{"value":"a","label":"A"}]}`,
		`{"type":"enum","options":[{"value":"b","label":""},{"label":"A","value":"a"}]}`,
	},
	{
		`{"type":"number","decimals":2,"unit":"CHF","max":1000}`,
		`{"type":"number","decimals":2.0,"unit":"CHF","max":1000.00}`,
	},
	{
		`{"type":"date","min":"today","max":"today+P30D"}`,
		`{"type":"date","min":"today","max":"today+P30D","decimals":null,"unit":""}`,
	},
	{
		`{"type":"multi_enum","options":["b","a"],"default":["a","b"]}`,
		`{"type":"multi_enum","options":["b","a"],"default":["a","b"],"max_length":null}`,
	},
	{
		`{"type":"email"}`,
		`{"type":"email","default":""}`,
	},
	{
		`{"type":"url","label":"L"}`,
		`{"type":"url","label":"L","description":""}`,
	},
	{
		`{"type":"phone","metadata":{"region":"FR"}}`,
		`{"type":"phone","metadata":{"region":"FR"}}`,
	},
}

func (g generator) slot(i int) element {
	var s element
	for form, text := range rapid.SampledFrom(slotMembers).Draw(g.t, "members") {
		var raw map[string]json.RawMessage
		if err := json.Unmarshal([]byte(text), &raw); err != nil {
			g.t.Fatal(err)
		}
		s[form] = object{"name": fmt.Sprintf("slot_%d", i)}
		for name, v := range raw {
			s[form][name] = v
		}
	}
	s[1]["required"], s[1]["sensitive"] = true, false
	if g.maybe() {
		s[0]["required"], s[1]["required"] = false, false
	}
	if _, hasDefault := s[0]["default"]; !hasDefault && g.maybe() {
		s[0]["sensitive"], s[1]["sensitive"] = true, true
	}
	return s
}

func marshal(t *rapid.T, v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
