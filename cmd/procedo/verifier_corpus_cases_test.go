package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/procedo/procedo/core/audit"
)

var corpusTime = time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)

// addEvidence adds what the service wrote, without a change.
func (c *corpus) addEvidence(e *corpusEvidence) {
	for name, text := range map[string]string{
		"without a checkpoint": e.unsigned, "with an earlier checkpoint": e.earlier, "with a checkpoint": e.log,
		"with withheld texts": e.withheld, "with erased texts": e.erased,
	} {
		c.add("a bundle "+name, text)
		c.add("a bundle, then an empty line, "+name, text+"\n\n")
		c.add("a bundle twice "+name, text+"\n"+text)
		c.add("a bundle after an empty line "+name, "\n"+text)
		for _, k := range e.keys {
			c.add("a bundle and its key "+name, text, trusting(k.Public))
		}
	}
	c.add("the export", joined(e.export...))
	c.add("the output of a sink", joined(e.sink...))
	c.addFiles("the sink's output in two files", []string{joined(e.sink[:4]...), joined(e.sink[4:]...)})
	c.addFiles("two bundles", []string{e.log, e.log})
	c.addFiles("an export, then a bundle", []string{joined(e.export...), e.log})
	c.addFiles("an export twice", []string{joined(e.export...), joined(e.export...)})
}

// addMembers adds mutations of every member of every kind of object.
func (c *corpus) addMembers(e *corpusEvidence) {
	lines := corpusChain(c.t, corpusEvent(c.t, audit.Head{}))
	first := lines[0]
	add := func(what string) func(string, string) {
		return func(how, text string) { c.add(what+how, text+"\n") }
	}
	eachMember(c.t, first, nil, add("event "))
	eachMember(c.t, first, []string{"payload"}, add("event "))
	eachMember(c.t, first, []string{"disclosures"}, add("event "))
	eachMember(c.t, first, []string{"disclosures", "/reason"}, add("event "))
	earlier := sealVersion(c.t, audit.Head{}, 1, `{"a":1}`)
	for _, path := range [][]string{nil, {"payload"}} {
		eachMember(c.t, eventLine(earlier, `{"a":1}`), path, add("event of version 1 "))
	}
	for _, b := range []struct{ what, text string }{{"bundle ", e.log}, {"bundle with an earlier checkpoint ",
		e.earlier}} {
		eachMember(c.t, b.text, []string{"checkpoint"}, add(b.what))
		if b.text == e.log {
			eachMember(c.t, b.text, nil, add(b.what))
			eachMember(c.t, b.text, []string{"procedure"}, add(b.what))
			eachMember(c.t, b.text, []string{"events", "0"}, add(b.what))
		}
	}
	for what, in := range map[string][]string{"export ": e.export, "sink ": e.sink} {
		seen := map[string]bool{}
		for i, line := range in {
			kind := kindOfLine(line)
			if seen[kind] || !strings.Contains(kind,
				"checkpoint") || kind == "earlier checkpoint" && what == "export " {
				continue
			}
			seen[kind] = true
			for _, name := range []string{"note", "header", "entity_type", "entity_id", "seq", "hash", "index"} {
				for _, other := range replacements {
					root := parseNode(c.t, line)
					if root.insert(len(root.values), name,
						other); !slices.Contains(root.names[:len(root.names)-1], quote(name)) {
						c.add(what+kind+": also "+name+" "+shortened(other), joined(e.with(in, i, root.String())...))
					}
				}
			}
			eachMember(c.t, line, nil, func(how, text string) {
				c.add(what+kind+how, joined(e.with(in, i, text)...))
			})
		}
	}
}

// kindOfLine returns the kind of a line: an event, a leaf, or a note of one of the two forms.
func kindOfLine(line string) string {
	switch {
	case !audit.IsCheckpointLine([]byte(line)):
		return "event"
	case strings.Contains(line, `"index":`):
		return "leaf of a checkpoint"
	case strings.Contains(line, `"header":`):
		return "checkpoint of the log"
	}
	return "earlier checkpoint"
}

// with returns the lines with another one at an index.
func (e *corpusEvidence) with(lines []string, i int, line string) []string {
	return append(append(append([]string{}, lines[:i]...), line), lines[i+1:]...)
}

// addTexts adds files whose bytes between the values, or around them, were changed.
func (c *corpus) addTexts(e *corpusEvidence) {
	export := joined(e.export...)
	line := corpusChain(c.t, corpusEvent(c.t, audit.Head{}))[0]
	two := corpusChain(c.t, corpusEvent(c.t, audit.Head{}), corpusEvent(c.t, corpusEvent(c.t, audit.Head{}).Head()))
	for what, text := range map[string]string{"export": export, "bundle": e.log + "\n", "event": line + "\n"} {
		body := strings.TrimSuffix(text, "\n")
		for how, other := range map[string]string{
			"without the last line feed": body, "CRLF": strings.ReplaceAll(text, "\n", "\r\n"),
			"CR":          strings.ReplaceAll(text, "\n", "\r"),
			"empty lines": strings.ReplaceAll(text, "\n", "\n \t\r\n\n"), "a byte order mark": "\ufeff" + text,
			"UTF-16": "\xff\xfe" + strings.Join(strings.Split(text, ""), "\x00"), "a NUL at the end": text + "\x00",
			"a NUL": body + "\x00\n", "a form feed at the end": body + "\f\n",
			"a form feed at the start": "\f" + text,
			"a vertical tab":           body + "\v\n", "a no-break space": body + "\u00a0\n",
			"a no-break space first": "\u00a0" + text,
			"a line separator":       body + "\u2028\n", "a next line": "\u0085" + text, "a file separator": "\x1c" + text,
			"a line with a form feed": text + "\f\n", "a line with a file separator": text + "\x1c\n",
			"a line with a no-break space": text + "\u00a0\n", "a line with an ideographic space": "\u3000\n" + text,
			"invalid UTF-8": body + "\xff\n", "a line of invalid UTF-8": text + "\xff\n",
			"an overlong character": text + "\xc0\xa0\n",
			"spaces around":         "  " + body + "\t \r\n", "a space first": " " + text, "text after": body + "x\n",
			"text before": "x" + text, "a comma": body + ",\n",
			"a brace": body + "}\n", "two values": body + body + "\n",
			"two values and a space": body + " " + body + "\n",
			"an empty object after":  body + "{}\n", "an empty object in a line": text + "{}\n",
			"null after":   text + "null\n",
			"a list after": text + "[]\n", "cut off": body[:len(body)-1] + "\n", "cut in half": body[:len(body)/2],
			"white space between tokens": strings.ReplaceAll(text, `,"`, ", \t\r\""),
			"white space before colons":  strings.ReplaceAll(text, `":`, `" :`),
			"a comment":                  "// x\n" + text, "single quotes": strings.ReplaceAll(text, `"`, `'`),
			"a trailing comma":          body[:len(body)-1] + ",}\n",
			"line feeds between tokens": strings.ReplaceAll(text, `,"`, ",\n\""),
			"a surrogate in UTF-8":      strings.Replace(text, "a", "\xed\xa0\x80", 1),
			"a record separator first":  "\x1e" + text,
		} {
			c.add(what+": "+how, other)
		}
	}
	for how, text := range map[string]string{
		"nothing": "", "an empty line": "\n", "white space": " \t\r\n", "a form feed": "\f\n", "null": "null\n",
		"a number": "1\n", "a string": `"x"` + "\n",
		"an empty list": "[]\n", "an empty object": "{}", "an event in a list": "[" + line + "]\n",
		"a list in a line":        nested(50) + "\n",
		"a checkpoint of nothing": `{"checkpoint":1}` + "\n",
		"a checkpoint null":       `{"checkpoint":null,"note":"x"}`, "format": `{"format":"procedo-bundle/2"}`,
		"a leaf alone":  `{"checkpoint":1,"entity_type":"run","entity_id":"r","seq":1,"hash":"x","index":0}` + "\n",
		"an empty note": `{"checkpoint":1,"note":""}` + "\n", "one event": line, "two events": joined(two...),
		"the first event twice": joined(two[0], two[0], two[1]), "the last event twice": joined(two[0], two[1],
			two[1]), "both twice": joined(two[0], two[1], two[0], two[1]),
		"the first again at the end": joined(two[0], two[1], two[0]), "in the wrong order": joined(two[1],
			two[0]), "the second alone": joined(two[1]),
		"deep in a line": nested(20000) + "\n", "a deep object": strings.Repeat(`{"a":`,
			5000) + "1" + strings.Repeat("}", 5000) + "\n",
		"a bundle with canonical": strings.Replace(e.log, `{"format"`,
			`{"canonical":"x","format"`, 1),
		"a bundle with checkpoint as a number, first": strings.Replace(e.log, `{"format"`,
			`{"canonical":1,"checkpoints":2,"format"`, 1),
		"a bundle with run_id first": strings.Replace(e.log, `{"format"`, `{"more":1,"format"`, 1),
	} {
		c.add("a file with "+how, text)
	}
}

// sealVersion returns an event of the given version of the hashed form, with any text as its payload.
func sealVersion(t interface{ Helper() }, head audit.Head, version int, payload string) audit.Event {
	t.Helper()
	return sealText(head, canonicalText(head.Seq+1, fmt.Sprint(version), payload,
		corpusTime.Format(audit.TimeFormat)))
}
