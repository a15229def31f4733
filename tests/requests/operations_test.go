package requests

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"github.com/procedo/procedo/core/access"
)

// operation is an operation of the contract.
type operation struct {
	id, method, path string
	permission       access.Permission // 0 if it needs no token
	parameters       []object
	body             any // its schema; nil if there is none
	examples         []any
}

// operations returns the operations of the contract, in order.
func (c contract) operations() (all []operation, err error) {
	paths := c.root["paths"].(object)
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		item := paths[path].(object)
		for _, method := range []string{"get", "post", "put", "patch", "delete"} {
			o, ok := item[method].(object)
			if !ok {
				continue
			}
			op := operation{id: o["operationId"].(string), method: strings.ToUpper(method), path: path}
			if name, ok := o["x-permission"].(string); ok {
				if op.permission, err = access.ParsePermission(name); err != nil {
					return nil, err
				}
			}
			for _, list := range []any{item["parameters"], o["parameters"]} {
				parameters, _ := list.([]any)
				for _, p := range parameters {
					op.parameters = append(op.parameters, c.resolve(p))
				}
			}
			if body := c.resolve(o["requestBody"]); len(body) > 0 {
				for _, media := range body["content"].(object) {
					op.body = media.(object)["schema"]
					if example, ok := media.(object)["example"]; ok {
						op.examples = append(op.examples, example)
					}
				}
			}
			all = append(all, op)
		}
	}
	return all, nil
}

// known are values that exist, by path parameter.
type known map[string][]string

// draw draws a request for an operation. odd reports whether its path has other values than those that exist.
// A careful caller only sends what it knows to fit.
func (w *world) draw(t *rapid.T, op operation, careful bool) (r *http.Request, odd bool) {
	c, path, query, header := w.contract, op.path, url.Values{}, http.Header{}
	run, step := "", ""
	for _, p := range op.parameters {
		name := p["name"].(string)
		switch p["in"] {
		case "path":
			var value string
			if !careful && rapid.IntRange(0, 11).Draw(t, "odd "+name) == 0 {
				value, odd = c.parameter(t, p), true
			} else {
				value = rapid.SampledFrom(w.values[name]).Draw(t, name)
			}
			leads := w.open[run] // to what the operation can be done with
			if op.id == "amendStep" || op.id == "revealSlot" {
				leads = committed
			}
			switch {
			case name == "run_id":
				run = value
			case name == "step_key" && leads != "" && (careful || rapid.Bool().Draw(t, "leads")):
				value = leads
			}
			if name == "step_key" {
				step = value
			}
			path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(value))
		case "query":
			if !careful && rapid.IntRange(0, 3).Draw(t, "has "+name) == 0 {
				query.Add(name, c.parameter(t, p))
			}
		case "header":
			tag := w.tags[entity(path)]
			switch {
			case name == "If-Match" && tag != "" && (careful || rapid.Bool().Draw(t, "current")):
				header.Set(name, tag)
			case !careful && rapid.IntRange(0, 4).Draw(t, "has "+name) == 0:
				header.Set(name, line(c.parameter(t, p)))
			}
		}
	}
	if encoded := query.Encode(); encoded != "" {
		path += "?" + encoded
	}
	r = httptest.NewRequest(op.method, "/", strings.NewReader(c.drawBody(t, op, careful, slices.Concat(w.bodies[op.id], w.bodies[op.id+" "+step], op.examples))))
	if parsed, err := url.Parse(path); err == nil {
		r.URL, r.RequestURI = parsed, path
	}
	if careful {
		r.Header.Set("Content-Type", "application/json")
		maps.Copy(r.Header, header)
		return r, odd
	}
	if op.body != nil {
		r.Header.Set("Content-Type", rapid.SampledFrom([]string{
			"application/json", "application/json", "application/json", "application/json", "application/json; charset=utf-8", "text/plain", "",
		}).Draw(t, "content type"))
	}
	maps.Copy(r.Header, header)
	for _, h := range []struct {
		name   string
		values []string
	}{
		{"Accept-Language", []string{"fr", "en", "*"}}, {"Prefer", []string{"numbers=string"}},
		{"Accept", []string{"application/json", "text/html", "*/*"}},
	} {
		if rapid.IntRange(0, 3).Draw(t, h.name) == 0 {
			r.Header.Set(h.name, rapid.SampledFrom(h.values).Draw(t, "value of "+h.name))
		}
	}
	return r, odd
}

// entity returns the path of the run or procedure that a path is of.
func entity(path string) string {
	parts := strings.SplitN(path, "/", 4)
	return strings.Join(parts[:min(3, len(parts))], "/")
}

// line returns a text as a header may carry it.
func line(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, text)
}

// parameter draws a value of a parameter: one that its schema allows, or any other.
func (c contract) parameter(t *rapid.T, p object) string {
	value := c.value(t, p["schema"], 0)
	if rapid.IntRange(0, 7).Draw(t, "hostile") == 0 {
		value = rapid.SampledFrom(hostile).Draw(t, "value")
	}
	if text, ok := value.(string); ok {
		return text
	}
	if items, ok := value.([]any); ok && len(items) > 0 {
		value = items[0]
		if text, ok := value.(string); ok {
			return text
		}
	}
	return encode(value)
}

// drawBody draws a body: one that is known to lead somewhere, one that the schema allows, or one that is broken.
func (c contract) drawBody(t *rapid.T, op operation, careful bool, fitting []any) string {
	if op.body == nil {
		return ""
	}
	var value any
	if len(fitting) > 0 && (careful || rapid.IntRange(0, 2).Draw(t, "fitting") > 0) {
		value = rapid.SampledFrom(fitting).Draw(t, "body")
	} else {
		value = c.value(t, op.body, 0)
	}
	if careful {
		return encode(value)
	}
	switch rapid.IntRange(0, 6).Draw(t, "mutation") {
	case 0, 1:
		value = mutated(t, value)
	case 2:
		text := encode(value)
		return text[:rapid.IntRange(0, len(text)).Draw(t, "cut")] + rapid.SampledFrom([]string{"", "x", "}", "\x80"}).Draw(t, "end")
	}
	return encode(value)
}

// encode returns a value as JSON. Numbers may be such as encoding/json refuses.
func encode(value any) string {
	switch v := value.(type) {
	case json.Number:
		return v.String()
	case object:
		var members []string
		for _, name := range slices.Sorted(maps.Keys(v)) {
			members = append(members, encode(name)+":"+encode(v[name]))
		}
		return "{" + strings.Join(members, ",") + "}"
	case []any:
		items := make([]string, len(v))
		for i := range v {
			items[i] = encode(v[i])
		}
		return "[" + strings.Join(items, ",") + "]"
	}
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(text)
}
