package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/procedo/procedo/core/audit"
)

// signatureEdits returns functions that change the signatures of a note.
func signatureEdits() map[string]func(string) string {
	witness := "— witness.example AAAAAAA=\n"
	lines := func(fn func(lines []string) []string) func(string) string {
		return func(note string) string {
			text, signatures, _ := strings.Cut(note, "\n\n")
			return text + "\n\n" + strings.Join(fn(strings.SplitAfter(strings.TrimSuffix(signatures, "\n")+"\n",
				"\n")), "")
		}
	}
	first := func(fn func(line string) string) func(string) string {
		return lines(func(all []string) []string { return append([]string{fn(all[0])}, all[1:]...) })
	}
	edits := map[string]func(string) string{
		"doubled":         lines(func(all []string) []string { return append([]string{all[0]}, all...) }),
		"swapped":         lines(func(all []string) []string { slices.Reverse(all); return all }),
		"missing":         lines(func(all []string) []string { return all[1:] }),
		"all missing":     lines(func([]string) []string { return nil }),
		"all doubled":     lines(func(all []string) []string { return append(all, all...) }),
		"a witness":       func(n string) string { return n + witness },
		"a witness first": lines(func(all []string) []string { return append([]string{witness}, all...) }),
		"a witness twice": func(n string) string { return n + witness + witness },
		"61 witnesses":    func(n string) string { return n + strings.Repeat(witness, 61) },
		"62 witnesses":    func(n string) string { return n + strings.Repeat(witness, 62) },
		"63 witnesses":    func(n string) string { return n + strings.Repeat(witness, 63) },
		"64 witnesses":    func(n string) string { return n + strings.Repeat(witness, 64) },
		"100 witnesses":   func(n string) string { return n + strings.Repeat(witness, 100) },
		"another signature": first(func(l string) string {
			return strings.Replace(l, l[len(l)-20:len(l)-10],
				"AAAAAAAAAA", 1)
		}), "loose base64": first(func(l string) string {
			return strings.TrimSuffix(l,
				"=\n") + "\n"
		}),
		"padding":                  first(func(l string) string { return strings.TrimSuffix(l, "\n") + "=\n" }),
		"surplus bits":             first(surplusBits),
		"a space":                  first(func(l string) string { return strings.TrimSuffix(l, "\n") + " \n" }),
		"a hyphen":                 first(func(l string) string { return "-" + strings.TrimPrefix(l, "—") }),
		"two spaces":               first(func(l string) string { return strings.Replace(l, " ", "  ", 1) }),
		"a carriage return":        first(func(l string) string { return strings.TrimSuffix(l, "\n") + "\r\n" }),
		"a carriage return within": first(func(l string) string { return l[:30] + "\r" + l[30:] }),
		"another name":             first(func(l string) string { return strings.Replace(l, "key-", "kex-", 1) }),
		"a no-break space":         first(func(l string) string { return strings.Replace(l, "key-", "ke\u00a0y-", 1) }),
		"no final line feed":       func(n string) string { return strings.TrimSuffix(n, "\n") },
		"a further line feed":      func(n string) string { return n + "\n" },
		"text after":               func(n string) string { return n + "x\n" },
		"CRLF":                     func(n string) string { return strings.ReplaceAll(n, "\n", "\r\n") },
		"an empty line before":     func(n string) string { return strings.Replace(n, "\n\n", "\n\n\n", 1) },
		"no empty line":            func(n string) string { return strings.Replace(n, "\n\n", "\n", 1) },
		"no signatures":            func(n string) string { text, _, _ := strings.Cut(n, "\n\n"); return text + "\n" },
		"an extension line":        func(n string) string { return strings.Replace(n, "\n\n", "\nx\n\n", 1) },
		"another text":             func(n string) string { return "x" + n },
		"a NUL":                    func(n string) string { return strings.Replace(n, "\n\n", "\n\n\x00", 1) },
		"a line feed first":        func(n string) string { return "\n" + n },
		"a space in the text":      func(n string) string { return strings.Replace(n, "\n\n", " \n\n", 1) },
		"nothing":                  func(string) string { return "" }, "two notes": func(n string) string { return n + "\n" + n },
	}
	for what, line := range map[string]string{
		"without a signature": "— w\n", "with a short one": "— w AAAAAA==\n", "with an empty one": "— w \n",
		"with a plus": "— w+w AAAAAAA=\n", "without a name": "—  AAAAAAA=\n",
		"with loose base64": "— w AAAAAAB=\n", "without padding": "— w AAAAAAA\n",
		"in base64url": "— w AAAA-_A=\n", "with a long name": "— " + strings.Repeat("w", 300) + " AAAAAAA=\n",
		"of a control character": "— w\x7f AAAAAAA=\n", "of a tab": "— w\tw AAAAAAA=\n",
		"of a file separator": "— w\x1cw AAAAAAA=\n", "of a next line": "— w\u0085w AAAAAAA=\n",
		"with a fourth field": "— w AAAAAAA= x\n", "of a replacement character": "— w\ufffd AAAAAAA=\n",
		"with a long one": "— w " + strings.Repeat("A", 4000) + "\n", "of an accent": "— wé AAAAAAA=\n",
		"of a no-break space": "— w\u00a0w AAAAAAA=\n",
	} {
		edits["a witness "+what] = func(n string) string { return n + line }
	}
	return edits
}

// surplusBits changes the unused bits of base64 that ends with padding.
func surplusBits(line string) string {
	body, padded := strings.CutSuffix(line, "=\n")
	if !padded {
		return line
	}
	last := body[len(body)-1]
	return body[:len(body)-1] + string(rune(last+1)) + "=\n"
}

// addSignatures adds files with notes whose signatures, or what is around them, were changed.
func (c *corpus) addSignatures(e *corpusEvidence) {
	edits := signatureEdits()
	for _, what := range slices.Sorted(maps.Keys(edits)) {
		for i, line := range e.sink {
			kind := kindOfLine(line)
			if kind == "event" || i == len(e.sink)-1 {
				continue
			}
			root := parseNode(c.t, line)
			n := root.at("note")
			n.raw = quote(edits[what](n.text()))
			c.add("sink: "+kind+", signatures: "+what, joined(e.with(e.sink, i, root.String())...))
		}
		for _, text := range []string{e.log, e.earlier} {
			root := parseNode(c.t, text)
			n := root.at("checkpoint", "note")
			n.raw = quote(edits[what](n.text()))
			c.add("bundle, signatures: "+what, root.String())
		}
	}
}

// addPaths adds bundles with other audit paths.
func (c *corpus) addPaths(e *corpusEvidence) {
	for bundle, text := range map[string]string{"log": e.log, "earlier": e.earlier} {
		for _, name := range []string{"path", "header_path"} {
			if bundle == "earlier" && name == "header_path" {
				continue
			}
			for i, value := range parseNode(c.t, text).at("checkpoint", name).values {
				hash := strings.Trim(value.String(), `"`)
				for _, other := range []string{
					strings.ToUpper(hash), hash + "00", hash[2:], hash + " ", " " + hash,
					hash[:32] + " " + hash[32:], "", hash + `\n`, "0x" + hash[2:], strings.Repeat("0", 64),
					strings.Repeat("０", 64),
				} {
					root := parseNode(c.t, text)
					root.at("checkpoint", name).values[i] = &jsonNode{raw: `"` + other + `"`}
					c.add(fmt.Sprintf("%s: %s[%d] is %s", bundle, name, i, shortened(other)), root.String())
				}
				for what, edit := range map[string]func(n *jsonNode){
					"removed": func(n *jsonNode) { n.remove(i) }, "twice": func(n *jsonNode) {
						n.insert(i, "",
							value.String())
					}, "null": func(n *jsonNode) { n.values[i] = &jsonNode{raw: "null"} },
					"one":   func(n *jsonNode) { n.values[i] = &jsonNode{raw: "1"} },
					"first": func(n *jsonNode) { n.values[0], n.values[i] = n.values[i], n.values[0] },
					"more":  func(n *jsonNode) { n.insert(len(n.values), "", value.String()) },
				} {
					root := parseNode(c.t, text)
					edit(root.at("checkpoint", name))
					c.add(fmt.Sprintf("%s: %s[%d] %s", bundle, name, i, what), root.String())
				}
			}
		}
		for _, given := range []string{"null", "[]", "[null]", `[""]`, "{}", `""`, `["` + strings.Repeat("0",
			64) + `"]`} {
			root := parseNode(c.t, text)
			n := root.at("checkpoint")
			n.insert(len(n.values), "header_path", given)
			if at := slices.Index(n.names, `"header_path"`); at < len(n.names)-1 {
				n.remove(at)
			}
			c.add(bundle+": header_path is "+given, root.String())
		}
		for _, index := range []string{"0", "1", "2", "3", "4", "5", "6", "7", "100", "1099511627776",
			"9223372036854775807", "-9223372036854775808"} {
			root := parseNode(c.t, text)
			root.at("checkpoint", "index").raw = index
			c.add(bundle+": index "+index, root.String())
		}
	}
	header := parseNode(c.t, e.log).at("checkpoint", "header").text()
	for _, one := range [][2]string{{"checkpoint 3", "checkpoint 2"}, {"checkpoint 3", "checkpoint 03"}, {"\n",
		""}, {"\n", "\n\n"}, {" run ", " procedure "}, {"Z ", "Z 1"}} {
		root := parseNode(c.t, e.log)
		root.at("checkpoint", "header").raw = quote(strings.Replace(header, one[0], one[1], 1))
		c.add(fmt.Sprintf("bundle: header with %q for %q", one[1], one[0]), root.String())
	}
}

// addKept adds kept checkpoints and trusted keys.
func (c *corpus) addKept(e *corpusEvidence) {
	_, stranger := corpusPrivate(c.t, "x")
	files := map[string]string{"export": joined(e.export...), "sink": joined(e.sink...), "bundle": e.log,
		"earlier bundle": e.earlier, "unsigned bundle": e.unsigned, "the first event": joined(e.sink[:1]...),
		"the start of the sink": joined(e.sink[:5]...)}
	all := strings.Join(e.notes, "\n")
	kept := map[string][]string{"all": {all}, "in three files": e.notes,
		"in reverse": {e.notes[2] + "\n" + e.notes[1] + "\n" + e.notes[0]}, "twice": {all + "\n" + all},
		"lines": {joined(e.sink...)}, "lines of an export": {joined(e.export...)},
		"a line of an event": {joined(e.sink[0])}, "an empty file": {""}, "line feeds": {"\n\n"},
		"and an empty file": {all, ""}, "without empty lines": {strings.Join(e.notes, "")},
		"with more": {"x\n\n" + all}, "text after": {all + "\nx\n"},
		"text between": {e.notes[1] + "\nx\n" + e.notes[2]}, "text": {"x\n"}, "binary": {all + "\xff"},
		"byte order mark": {"\ufeff" + all}, "JSON": {"{"}, "a JSON string": {`"x"`}}
	for i, note := range e.notes {
		kept[fmt.Sprint("note ", i)] = []string{note}
		kept[fmt.Sprint("note in two files ", i)] = []string{note, note}
		kept[fmt.Sprint("spaces around note ", i)] = []string{" " + note}
		edits := signatureEdits()
		for _, what := range slices.Sorted(maps.Keys(edits)) {
			c.add(fmt.Sprint("kept note ", i, ", signatures: ", what), files[[]string{"earlier bundle",
				"first event", "bundle"}[i]], c.keeping(edits[what](note)))
		}
		for _, one := range [][2]string{{"A", "B"}, {"0", "1"}, {"\n", "\r\n"}, {"\n", " \n"}, {"\n", "\n\n"},
			{"=\n", "=\nmore\n"}, {"procedo", "procedx"}, {"\n5", "\n05"}, {"\n1", "\n2"}} {
			changed := strings.Replace(note, one[0], one[1], 1)
			kept[fmt.Sprintf("note %d with %q for %q", i, one[1], one[0])] = []string{changed}
			kept[fmt.Sprintf("note %d, and with %q for %q", i, one[1], one[0])] = []string{note, changed}
		}
	}
	small := audit.LogHead{Origin: "o", Size: 2}.Text() + "\n— w AAAAAAA=\n"
	kept["of another log"], kept["of another log, larger"] = []string{small}, []string{strings.Replace(small,
		"\n2\n", "\n200\n", 1)}
	kept["of a large log"], kept["of an impossible log"] = []string{strings.Replace(small, "\n2\n",
		"\n1099511627776\n", 1)}, []string{strings.Replace(small, "\n2\n", "\n1099511627777\n", 1)}
	kept["within a checkpoint"] = []string{e.headWithin(3)}
	kept["within a checkpoint, of another origin"] = []string{"x" + e.headWithin(3)}
	kept["within a checkpoint, another root"] = []string{strings.Replace(e.headWithin(3), "\n3\n", "\n4\n", 1)}
	for _, what := range slices.Sorted(maps.Keys(kept)) {
		for name, text := range files {
			if name == "sink" && strings.Contains(what, "for") {
				continue // as for the export
			}
			var options []func(*verifyCmd)
			for _, one := range kept[what] {
				options = append(options, c.keeping(one))
			}
			c.add("kept "+what+" for "+name, text, options...)
		}
	}
	for name, text := range files {
		for what, key := range map[string]string{"signer": e.keys[0].Public, "other signer": e.keys[1].Public,
			"stranger": stranger, "upper-case hash": upperHash(e.keys[0].Public), "not a key": "x", "empty": "",
			"with a space": e.keys[0].Public + " "} {
			c.add("the key of "+what+" for "+name, text, trusting(key))
			c.add("the key of "+what+" or the signer for "+name, text, trusting(key), trusting(e.keys[0].Public))
			c.add("the key of "+what+" and all kept for "+name, text, trusting(key), c.keeping(all))
		}
	}
}

// headWithin returns a note of the log when it had a number of leaves, by an unknown signer.
func (e *corpusEvidence) headWithin(size int) string {
	head, err := audit.ParseNoteOfLog(e.notes[1])
	if err != nil {
		e.t.Fatal(err)
	}
	earlier, err := audit.StoredNote{Note: e.notes[0]}.Open()
	if err != nil {
		e.t.Fatal(err)
	}
	log := audit.NewLog(0, nil)
	log.Append("previous " + earlier.Hash() + "\n")
	for _, line := range e.export {
		l, err := audit.ReadLine([]byte(line))
		if err != nil {
			e.t.Fatal(err)
		}
		if l.Note != nil && l.Note.Number == 2 {
			log.Append(l.Note.Header)
		}
	}
	for _, line := range e.export {
		l, err := audit.ReadLine([]byte(line))
		if err == nil && l.Leaf != nil && l.Leaf.Number == 2 && log.Size() < int64(size) {
			log.Append(l.Leaf.String())
		}
	}
	return audit.LogHead{Origin: head.Origin, Size: log.Size(), Root: log.Root()}.Text() + "\n— w AAAAAAA=\n"
}

// addLines adds exports and outputs of sinks in which lines are repeated, moved or missing.
func (c *corpus) addLines(e *corpusEvidence) {
	for what, lines := range map[string][]string{"export": e.export, "sink": e.sink} {
		for i, line := range lines {
			rest := append(slices.Clone(lines[:i]), lines[i+1:]...)
			add := func(how string, all ...string) {
				c.add(fmt.Sprintf("%s, line %d (%s): %s", what, i+1, kindOfLine(line), how), joined(all...))
			}
			add("dropped", rest...)
			add("repeated", slices.Insert(slices.Clone(lines), i, line)...)
			add("first", append([]string{line}, rest...)...)
			add("last", append(slices.Clone(rest), line)...)
			if i > 0 {
				add("again at the end", append(slices.Clone(lines), line)...)
				add("two places earlier", slices.Insert(slices.Clone(rest), max(0, i-2), line)...)
				add("the end", lines[:i]...)
				add("the lines before it again", append(slices.Clone(lines), lines[:i]...)...)
			}
		}
	}
	c.addLeaves(e)
}

// addLeaves adds exports with other leaves.
func (c *corpus) addLeaves(e *corpusEvidence) {
	for i, line := range e.export {
		if kindOfLine(line) != "leaf of a checkpoint" {
			continue
		}
		for name, values := range map[string][]string{"index": {"0", "1", "2", "3", "-1", "7",
			"9223372036854775807"}, "checkpoint": {"0", "1", "2", "3", "4", "-1"}, "seq": {"0", "1", "2", "3"}} {
			for _, value := range values {
				root := parseNode(c.t, line)
				root.at(name).raw = value
				c.add(fmt.Sprintf("leaf in line %d: %s is %s", i+1, name, value), joined(e.with(e.export, i,
					root.String())...))
				c.add(fmt.Sprintf("leaf in line %d again: %s is %s", i+1, name, value),
					joined(slices.Insert(slices.Clone(e.export), i, root.String())...))
				c.add(fmt.Sprintf("leaf in line %d later: %s is %s", i+1, name, value),
					joined(slices.Insert(slices.Clone(e.export), i+1, root.String())...))
			}
		}
	}
	var events, others []string
	for _, line := range e.export {
		if kindOfLine(line) == "event" {
			events = append(events, line)
		} else {
			others = append(others, line)
		}
	}
	c.add("checkpoints before all events", joined(append(slices.Clone(others), events...)...))
	c.add("events before all checkpoints", joined(append(slices.Clone(events), others...)...))
	slices.Reverse(others)
	c.add("checkpoints in reverse", joined(append(slices.Clone(events), others...)...))
	c.add("only checkpoints", joined(others...))
	c.add("only events", joined(events...))
}
