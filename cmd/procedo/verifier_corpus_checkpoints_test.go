package main

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/note"

	"github.com/procedo/procedo/core/audit"
)

// forgery makes the output of a sink: an event and a checkpoint of it, whose texts are changed before they are signed.
type forgery struct {
	header, text, signed func(text string) string // each may be nil
	key                  string                   // of the header; that of the signer if it is empty
	earlier              bool                     // in the form of earlier releases
	leaves               int64                    // how many the checkpoint says it has; 1 if it is zero
}

// addForgery adds the output of a sink with a forged checkpoint.
func (c *corpus) addForgery(what string, f forgery) {
	private, public := corpusPrivate(c.t, "k")
	e := sealVersion(c.t, audit.Head{}, 2, `{"a":1}`)
	leaf := audit.Leaf{Entity: e.Entity, Head: e.Head()}
	made := audit.Checkpoint{
		Number: 1, Time: corpusTime, Leaves: max(1, f.leaves), Keys: []string{public}, Previous: audit.Genesis,
		Root: audit.NewTree([]audit.Leaf{leaf}).Root(), Until: audit.Cursor{Position: 1, Entity: e.Entity, Seq: 1},
	}
	if f.key != "" {
		made.Keys = []string{f.key}
	}
	header := ""
	if !f.earlier {
		header = changed(made.Header(), f.header)
		log := audit.NewLog(0, nil)
		for _, text := range []string{"previous " + audit.Genesis + "\n", header, leaf.String()} {
			log.Append(text)
		}
		made.Log = audit.LogHead{Origin: "o.example/log", Size: log.Size(), Root: log.Root()}
	}
	signer, err := note.NewSigner(private)
	require.NoError(c.t, err)
	text := changed(made.Text(), f.text)
	raw, err := signer.Sign([]byte(text))
	require.NoError(c.t, err)
	id := []byte{byte(signer.KeyHash() >> 24), byte(signer.KeyHash() >> 16), byte(signer.KeyHash() >> 8),
		byte(signer.KeyHash())}
	signature := base64.StdEncoding.EncodeToString(append(id, raw...))
	signed := changed(fmt.Sprintf("%s\n— %s %s\n", text, signer.Name(), signature), f.signed)
	line := `{"checkpoint":1,"note":` + quote(signed) + `,"header":` + quote(header) + "}"
	c.add("forged checkpoint: "+what, joined(eventLine(e, `{"a":1}`), line))
}

func changed(text string, fn func(string) string) string {
	if fn == nil {
		return text
	}
	return fn(text)
}

// replacing returns a function that replaces the first occurrence of a text.
func (c *corpus) replacing(from, to string) func(string) string {
	return func(text string) string {
		require.Contains(c.t, text, from)
		return strings.Replace(text, from, to, 1)
	}
}

// addCheckpoints adds checkpoints with other notes, headers, keys and paths.
func (c *corpus) addCheckpoints(e *corpusEvidence) {
	c.addForgery("none", forgery{})
	c.addForgery("none, earlier", forgery{earlier: true})
	c.addForgedHeaders()
	c.addForgedTexts()
	c.addForgedKeys()
	c.addSignatures(e)
	c.addPaths(e)
	c.addKept(e)
}

func (c *corpus) addForgedHeaders() {
	_, key := corpusPrivate(c.t, "k")
	_, other := corpusPrivate(c.t, "l")
	for _, one := range [][2]string{
		{"checkpoint 1 ", "checkpoint 0 "}, {"checkpoint 1 ", "checkpoint 01 "}, {"checkpoint 1 ",
			"checkpoint +1 "}, {"checkpoint 1 ", "checkpoint 1.0 "}, {"checkpoint 1 ", "checkpoint 1_0 "},
		{"checkpoint 1 ", "checkpoint １ "}, {"checkpoint 1 ", "checkpoint -1 "}, {"checkpoint 1 ",
			"checkpoint  1 "}, {"checkpoint 1 ", "checkpoint 2 "}, {"checkpoint 1 ",
			"checkpoint 9223372036854775808 "},
		{"checkpoint 1 ", "Checkpoint 1 "}, {"checkpoint 1 ", " checkpoint 1 "}, {"checkpoint 1 ",
			"checkpoint\t1 "}, {"checkpoint 1 ", "checkpoint 1\n "}, {"Z 1 1", "Z 2 1"}, {"Z 1 1", "Z 0 1"},
		{"Z 1 1", "Z 01 1"},
		{"Z 1 1", "Z -1 1"}, {"Z 1 1", "Z 9223372036854775807 1"}, {"Z 1 1", "Z 1 01"}, {"Z 1 1", "Z 1 -1"},
		{"Z 1 1", "Z 1 +1"}, {"Z 1 1", "Z 1 -0"}, {"Z 1 1", "Z 1 x"}, {"Z 1 1", "Z 1 99999999999999999999"},
		{"Z 1 1", "Z 1 9223372036854775807"}, {"run r 1 ", "run r 2 "}, {"run r 1 ", "run r 01 "}, {"run r 1 ",
			"run s 1 "}, {"run r 1 ", "- - 0 "}, {"run r 1 ", "- r 1 "}, {"run r 1 ", "run r  "}, {"run r 1 ",
			"procedure r 1 "},
		{"run r 1 ", "run r\u00a0 1 "}, {"run r 1 ", "run r 1  "}, {"run r 1 ", "checkpoint 1 1 "}, {"\n", ""},
		{"\n", "\n\n"}, {"\n", " \n"}, {"\n", "\r\n"}, {"\n", " x\n"}, {"\n", " " + key + "\n"}, {"\n",
			" " + other + "\n"},
		{" " + key, ""}, {" " + key, " " + other}, {" " + key, "  " + key}, {key, strings.ToUpper(key)}, {key,
			upperHash(key)}, {key, key + "="}, {key, key[:len(key)-1]}, {key, key[:12] + "\r" + key[12:]}, {key,
			key[:20] + "\n" + key[20:]},
		{key, key[:20] + "\r" + key[20:]}, {key, key + "\r"}, {"key-k+", "key-l+"}, {"key-k+", "+"}, {"key-k+",
			"key-k"},
	} {
		c.addForgery(fmt.Sprintf("header %q for %q", one[1], one[0]), forgery{header: c.replacing(one[0], one[1])})
	}
	for _, at := range sealedTimes {
		c.addForgery("header at "+at, forgery{header: c.replacing("2026-11-29T12:00:00.000000Z", at)})
		c.addForgery("earlier at "+at, forgery{earlier: true, text: c.replacing("2026-11-29T12:00:00.000000Z", at)})
	}
	c.addForgery("no header", forgery{header: func(string) string { return "" }})
	c.addForgery("a header of a line feed", forgery{header: func(string) string { return "\n" }})
	c.addForgery("a header of a word", forgery{header: func(string) string { return "checkpoint" }})
	for _, leaves := range []int64{2, 3, 1 << 40, 1 << 62} {
		c.addForgery(fmt.Sprint("leaves: ", leaves), forgery{leaves: leaves})
		c.addForgery(fmt.Sprint("earlier, leaves: ", leaves), forgery{leaves: leaves, earlier: true})
	}
}

// upperHash returns a verifier key with the hash in upper case.
func upperHash(key string) string {
	fields := strings.SplitN(key, "+", 3)
	return fields[0] + "+" + strings.ToUpper(fields[1]) + "+" + fields[2]
}

func (c *corpus) addForgedTexts() {
	for _, one := range [][2]string{
		{"\n3\n", "\n03\n"}, {"\n3\n", "\n+3\n"}, {"\n3\n", "\n3 \n"}, {"\n3\n", "\n 3\n"}, {"\n3\n", "\n4\n"},
		{"\n3\n", "\n2\n"}, {"\n3\n", "\n0\n"}, {"\n3\n", "\n-3\n"}, {"\n3\n", "\n３\n"}, {"\n3\n",
			"\n3.0\n"}, {"\n3\n", "\n\n"},
		{"\n3\n", "\n3_0\n"}, {"\n3\n", "\n1099511627776\n"}, {"\n3\n", "\n9223372036854775808\n"}, {"=\n",
			"\n"}, {"=\n", "==\n"}, {"=\n", "=\nextension\n"}, {"=\n", "=\n— x y\n"}, {"=\n", "=\r\n"}, {"=\n",
			"=\n\n"}, {"=\n", "= \n"}, {"=\n", "A=\n"},
		{"o.example/log\n", "p.example/log\n"}, {"o.example/log\n", "o.example/l+g\n"}, {"o.example/log\n",
			"o.example/l g\n"}, {"o.example/log\n", "\n"}, {"o.example/log\n", "o\u00a0o\n"},
		{"o.example/log\n", "o\u2028o\n"}, {"o.example/log\n", "o\x7fo\n"},
		{"o.example/log\n", "o\u0080o\n"}, {"o.example/log\n", "o\ufffdo\n"}, {"o.example/log\n", "o\to\n"},
		{"o.example/log\n", "é\n"}, {"o.example/log\n", "o\r\n"}, {"o.example/log\n", "o\x00\n"},
		{"o.example/log\n", "o\x1co\n"}, {"o.example/log\n", "😀\n"},
		{"o.example/log\n", strings.Repeat("o", 255) + "\n"}, {"o.example/log\n", strings.Repeat("o",
			256) + "\n"}, {"o.example/log\n", strings.Repeat("é", 127) + "\n"}, {"o.example/log\n",
			strings.Repeat("é", 128) + "\n"}, {"o.example/log\n", "o\u200bo\n"},
		{"o.example/log\n", "o\u180eo\n"}, {"o.example/log\n", "o\ufeffo\n"}, {"o.example/log\n",
			"procedo-checkpoint/1\n"},
	} {
		c.addForgery(fmt.Sprintf("text %q for %q", shortened(one[1]), one[0]), forgery{text: c.replacing(one[0],
			one[1])})
	}
	for _, one := range [][2]string{
		{"number 1", "number 01"}, {"number 1", "number +1"}, {"number 1", "number  1"}, {"number 1",
			"number 1 "}, {"number 1", "number 0"}, {"number 1", "number １"}, {"number 1",
			"number 1\nnumber 1"}, {"number 1", "number 2"}, {"number 1", "Number 1"}, {"number 1\n", ""},
		{"number 1", "number 1_0"}, {"number 1\n", "number 1\nmore x\n"}, {"number 1\n", "number 1\nmore\n"},
		{"/1\n", "/2\n"}, {"/1\n", "/1 \n"}, {"previous 0", "previous A"}, {"previous 0", "previous "},
		{"previous ", "previous  "}, {"previous 0", "previous 1"}, {"until 1", "until 01"},
		{"until 1", "until -1"}, {"until 1", "until x"}, {"until 1", "until -0"}, {"until 1",
			"until 99999999999999999999"}, {"until 1 run r 1", "until 1 run r 2"}, {"until 1 run r 1",
			"until 1 run r"}, {"until 1 run r 1", "until 1 run r 1 1"}, {"until 1 run r 1", "until 1 run r 01"},
		{"leaves 1", "leaves 01"}, {"leaves 1", "leaves 1 "},
		{"leaves 1", "leaves 2"}, {"leaves 1", "leaves 0"}, {"leaves 1", "leaves -1"}, {"leaves 1",
			"leaves 9223372036854775808"}, {"root ", "root  "}, {"root ", "root A"}, {"root ", "root x"},
		{"key ", "key  "}, {"key ", "kex "}, {"key ", "key +"}, {"key ", "more x\nkey "},
		{"root ", "more x\nroot "}, {"number 1\ntime", "time"}, {"\nkey ", "\nkey x\nkey "}, {"\nleaves 1",
			"\r\nleaves 1"}, {"leaves 1", "leaves 1\t"}, {"\nkey ", "\nkey\nkey "},
	} {
		c.addForgery(fmt.Sprintf("earlier: %q for %q", one[1], one[0]), forgery{earlier: true,
			text: c.replacing(one[0], one[1])})
	}
	c.addForgery("earlier: lines in another order", forgery{earlier: true, text: func(text string) string {
		lines := strings.SplitAfter(text, "\n")
		lines[1], lines[2] = lines[2], lines[1]
		return strings.Join(lines, "")
	}})
	c.addForgery("earlier: a root in upper case", forgery{earlier: true, text: func(text string) string {
		start, rest, _ := strings.Cut(text, "root ")
		root, rest, _ := strings.Cut(rest, "\n")
		return start + "root " + strings.ToUpper(root) + "\n" + rest
	}})
	c.addForgery("earlier: its key twice", forgery{earlier: true,
		text: func(text string) string { return text + text[strings.LastIndex(text, "key "):] }})
}

// addForgedKeys adds checkpoints of keys that are not written, or not made, as keys are.
func (c *corpus) addForgedKeys() {
	keyOf := func(name string, raw []byte) (key, line string) {
		sum := sha256.Sum256(append([]byte(name+"\n"), raw...))
		signature := make([]byte, 64) // valid for the identity, which is its first half
		signature[0] = 1
		line = "— " + name + " " + base64.StdEncoding.EncodeToString(append(slices.Clone(sum[:4]),
			signature...)) + "\n"
		return name + "+" + toHex(sum[:4]) + "+" + base64.StdEncoding.EncodeToString(raw), line
	}
	identity, beyond, negative := make([]byte, 32), slices.Repeat([]byte{0xff}, 32), make([]byte, 32)
	identity[0], beyond[0], beyond[31], negative[0], negative[31] = 1, 0xee, 0x7f, 1, 0x80
	for what, raw := range map[string][]byte{
		"the identity": append([]byte{1}, identity...), "the identity, not reduced": append([]byte{1},
			beyond...), "the identity, negative": append([]byte{1}, negative...),
		"another algorithm": append([]byte{2}, identity...), "too short": append([]byte{1}, identity[:31]...),
		"too long": slices.Concat([]byte{1}, identity, []byte{0}), "empty": {},
	} {
		for _, name := range []string{"n", "n\x7f", "n\u00a0", "é", "n\ufffd", "—"} {
			key, line := keyOf(name, raw)
			c.addForgery("the key "+what+" of "+name, forgery{key: key, signed: func(text string) string {
				start, _, _ := strings.Cut(text, "\n\n")
				return start + "\n\n" + line
			}})
			if name != "n" {
				continue
			}
			for how, other := range map[string]string{"upper-case hash": upperHash(key),
				"a short hash": strings.Replace(key, "+0", "+", 1), "surplus bits": key[:len(key)-1] + "B",
				"a line break": key[:len(key)-3] + "\n" + key[len(key)-3:]} {
				c.addForgery("the key "+what+", "+how, forgery{key: other, signed: func(text string) string {
					start, _, _ := strings.Cut(text, "\n\n")
					return start + "\n\n" + line
				}})
			}
		}
	}
}
