package e2e

import (
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/slot"
)

var update = flag.Bool("update", false, "write the generated parts of the guides")

// procedureGuides are the files of the guide to procedures, by language.
var procedureGuides = map[string]string{"en": "../../docs/procedures.md", "fr": "../../docs/procedures.fr.md"}

// auditGuides are the files of the guide to the audit trail, by language.
var auditGuides = map[string]string{"en": "../../docs/audit.md", "fr": "../../docs/audit.fr.md"}

func guide(t *testing.T, language string) string {
	t.Helper()
	data, err := os.ReadFile(procedureGuides[language])
	require.NoError(t, err)
	return string(data)
}

// fence matches a code block of a Markdown page. Its groups are the language, the name of a file to write, and the
// text.
var fence = regexp.MustCompile("(?ms)^```(\\S*)(?: file=(\\S+))?\n(.*?)^```$")

// TestGuideCommandsPrintWhatIsShown writes the files that the guide to procedures shows, runs its commands in order,
// and compares their output with the guide.
func TestGuideCommandsPrintWhatIsShown(t *testing.T) {
	for language, page := range procedureGuides {
		t.Run(language, func(t *testing.T) { runPage(t, page, language, t.TempDir(), "") })
	}
}

// TestAuditGuideCommandsPrintWhatIsShown runs the commands of the guide to the audit trail in the same way, with a
// running server.
func TestAuditGuideCommandsPrintWhatIsShown(t *testing.T) {
	for language, page := range auditGuides {
		t.Run(language, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, "verify.py", string(contents(t, "../../docs/verify.py")))
			server := serve(t, dir, "--demo", "--audit-sink", "file:trail.jsonl")
			runPage(t, page, language, dir, server.url)
		})
	}
	commands := func(page string) []string {
		return regexp.MustCompile(`(?m)^\$ .*$`).FindAllString(string(contents(t, page)), -1)
	}
	require.Equal(t, commands(auditGuides["en"]), commands(auditGuides["fr"]))
}

// runPage writes the files of a page into a directory, runs its commands there, and compares their output with the
// page. With -update it writes the output into the page.
func runPage(t *testing.T, page, language, dir, server string) {
	t.Helper()
	runPageWith(t, page, language, dir, map[string]string{shownServer: cmp.Or(server, shownServer)})
}

// runPageWith is like runPage. It replaces what the map's keys show by the map's values in commands, and back in their
// output.
func runPageWith(t *testing.T, page, language, dir string, actual map[string]string) {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "procedo")
	require.NoError(t, os.Symlink(binary, bin))
	r := guideRunner{
		t: t, dir: dir, path: filepath.Dir(bin), language: language, variables: filepath.Join(t.TempDir(), "variables"),
	}
	r.toActual, r.toShown = replacers(actual)
	done := fence.ReplaceAllStringFunc(string(contents(t, page)), func(block string) string {
		switch parts := fence.FindStringSubmatch(block); {
		case parts[2] != "":
			write(t, dir, parts[2], r.toActual.Replace(parts[3]))
		case parts[1] == "console":
			return "```console\n" + r.runBlock(parts[3]) + "```"
		}
		return block
	})
	require.Greater(t, r.commands, 10)
	if *update {
		require.NoError(t, os.WriteFile(page, []byte(done), 0o600))
	}
}

// guideRunner runs the commands of a guide.
type guideRunner struct {
	t        *testing.T
	dir      string // working directory
	path     string // directory of the program
	language string
	commands int
	// variables is a file that declares the variables that commands have set, so that later commands see them.
	variables string
	toActual  *strings.Replacer // replaces the addresses in the guide by those of the test
	toShown   *strings.Replacer // replaces them back
}

// replacers returns the replacer of the keys of a map by its values, and the reverse one. They try longer texts first.
func replacers(actual map[string]string) (there, back *strings.Replacer) {
	longer := func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) }
	var to, from []string
	for _, shown := range slices.SortedFunc(maps.Keys(actual), longer) {
		to = append(to, shown, actual[shown])
	}
	for _, value := range slices.SortedFunc(maps.Values(actual), longer) {
		for shown, v := range actual {
			if v == value {
				from = append(from, value, shown)
			}
		}
	}
	return strings.NewReplacer(to...), strings.NewReplacer(from...)
}

// shownServer is the server's URL in the guides. The tests replace it with the URL of the server that they start.
const shownServer = "http://127.0.0.1:8080"

// runBlock runs the commands of a console block and returns the block with their actual output.
func (r *guideRunner) runBlock(block string) (out string) {
	r.t.Helper()
	for _, part := range regexp.MustCompile(`(?m)^\$ `).Split(block, -1)[1:] {
		command, want, _ := strings.Cut(part, "\n")
		var got string
		if strings.HasPrefix(command, "procedo run") && !strings.Contains(command, "--answers") {
			got = r.runAtTerminal(strings.Fields(command)[1:], want)
		} else {
			got = r.toShown.Replace(r.runInShell(r.toActual.Replace(command)))
		}
		if !*update {
			require.Equal(r.t, normalized(want), normalized(got), command)
		}
		out += "$ " + command + "\n" + runID.ReplaceAllString(got, "01a20950-0000-7000-8000-000000000000")
		r.commands++
	}
	return out
}

// assignment matches a command that only sets a variable.
var assignment = regexp.MustCompile(`^([A-Z]+)=('[^']*'|\$\(.*\)|[^ ]*)$`)

func (r *guideRunner) runInShell(command string) string {
	if name := assignment.FindStringSubmatch(command); name != nil {
		command += "\ndeclare -p " + name[1] + ` >>"$GUIDE"`
	}
	cmd := exec.CommandContext(r.t.Context(), "bash", "-c", `[ ! -e "$GUIDE" ] || . "$GUIDE"`+"\n"+command)
	cmd.Dir = r.dir
	cmd.Env = append(os.Environ(), "PATH="+r.path+":"+os.Getenv("PATH"), "LC_ALL=", "LC_MESSAGES=", "LANG="+r.language,
		"GUIDE="+r.variables)
	out, err := cmd.CombinedOutput()
	if err != nil {
		require.IsType(r.t, &exec.ExitError{}, err)
		out = fmt.Appendf(out, "[exit status %d]\n", cmd.ProcessState.ExitCode())
	}
	return string(out)
}

// runAtTerminal runs a command at a terminal. At each prompt, it types what follows that prompt in the transcript.
func (r *guideRunner) runAtTerminal(args []string, transcript string) string {
	p := startTerminal(r.t, r.dir, r.language, args...)
	for _, m := range regexp.MustCompile(`(?m)^.*?> ?(.*)$`).FindAllStringSubmatch(transcript, -1) {
		p.waitFor("> ")
		p.enter(m[1])
	}
	require.Zero(r.t, p.wait())
	return escapes.ReplaceAllString(p.allOutput(), "")
}

// normalized replaces ids, hashes and times, which differ each time, and removes trailing white space.
func normalized(text string) string {
	text = runID.ReplaceAllString(text, "RUN")
	text = regexp.MustCompile(`[0-9a-f]{64}|\([0-9a-f]{8}…\)`).ReplaceAllString(text, "HASH")
	text = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z`).ReplaceAllString(text, "TIME")
	text = regexp.MustCompile(`(?m)[ \t]+$`).ReplaceAllString(text, "")
	return strings.TrimSpace(text)
}

// rows returns the cells of a table in a page, without the table's heading.
func rows(t *testing.T, text, name string) [][]string {
	t.Helper()
	_, rest, found := strings.Cut(text, "<!-- table: "+name+" -->\n")
	require.True(t, found, name)
	table, _, _ := strings.Cut(rest, "\n\n")
	var all [][]string
	for _, line := range strings.Split(strings.TrimSpace(table), "\n")[2:] {
		cells := strings.Split(strings.Trim(line, "|"), "|")
		for i, c := range cells {
			c = strings.TrimSpace(c)
			if strings.HasPrefix(c, "`") && strings.HasSuffix(c, "`") {
				c = strings.Trim(c, "`")
			}
			cells[i] = c
		}
		all = append(all, cells)
	}
	return all
}

// element returns a definition with one element of a kind: "procedure", "step", "slot" or "item". The members, as JSON
// without braces, are added to that element.
func element(t *testing.T, kind, members string) *jsondoc.Node {
	t.Helper()
	base := map[string]any{
		"procedure": map[string]any{"name": "P", "steps": []any{map[string]any{"key": "s", "title": "S"}}},
		"step":      map[string]any{"key": "s", "title": "S"},
		"slot":      map[string]any{"name": "x", "type": "string"},
		"item":      map[string]any{"key": "i", "label": "I"},
	}[kind].(map[string]any)
	d := json.NewDecoder(strings.NewReader("{" + members + "}"))
	d.UseNumber()
	require.NoError(t, d.Decode(&base), members)
	doc := any(base)
	switch kind {
	case "slot":
		doc = map[string]any{"key": "s", "title": "S", "slots": []any{doc}}
	case "item":
		doc = map[string]any{"key": "s", "title": "S", "checklist_items": []any{doc}}
	}
	if kind != "procedure" {
		doc = map[string]any{"name": "P", "steps": []any{doc}}
	}
	data, err := json.Marshal(doc)
	require.NoError(t, err)
	node, err := jsondoc.Parse(data)
	require.NoError(t, err)
	return node
}

func TestGuideTablesListEveryMemberWithValidAndInvalidExamples(t *testing.T) {
	for language := range procedureGuides {
		t.Run(language, func(t *testing.T) {
			for _, kind := range []string{"procedure", "step", "slot", "item"} {
				var listed []string
				for _, row := range rows(t, guide(t, language), kind) {
					require.Len(t, row, 5, row)
					member, valid, invalid, code := row[0], row[2], row[3], row[4]
					listed = append(listed, member)
					_, issues := procedure.Read(context.Background(), element(t, kind, valid), cel.Language{})
					require.Empty(t, issues, "%s %s", kind, valid)
					_, issues = procedure.Read(context.Background(), element(t, kind, invalid), cel.Language{})
					require.NotEmpty(t, issues, "%s %s", kind, invalid)
					require.Equal(t, "definition."+code, issues.First[0].Code, "%s %s", kind, invalid)
					require.Contains(t, issues.First[0].Field, "/"+member, "%s %s", kind, invalid)
				}
				for _, member := range procedure.Members(kind) {
					require.Contains(t, listed, member, kind)
				}
			}
		})
	}
}

func TestGuideTablesListEveryTypeWithValidAndInvalidExamples(t *testing.T) {
	for language := range procedureGuides {
		t.Run(language, func(t *testing.T) {
			listed := map[slot.Type]bool{}
			for _, row := range rows(t, guide(t, language), "type") {
				require.Len(t, row, 6, row)
				typ, further, valid, invalid, code := row[0], row[2], row[3], row[4], row[5]
				listed[slot.Type(typ)] = true
				members := `"type": "` + typ + `"`
				if further != "" {
					members += ", " + further
				}
				doc, issues := procedure.Read(context.Background(), element(t, "slot", members), cel.Language{})
				require.Empty(t, issues, row)
				s := &doc.Steps[0].Slots[0]
				v, issue := s.Check([]byte(valid))
				require.Nil(t, issue, row)
				require.False(t, v.IsAbsent(), row)
				_, issue = s.Check([]byte(invalid))
				require.NotNil(t, issue, row)
				require.Equal(t, "validation."+code, issue.Code, row)
			}
			require.Len(t, listed, len(slot.Types))
		})
	}
}

func TestGuidesOfBothLanguagesHaveTheSameCommandsFilesAndTables(t *testing.T) {
	en, fr := guide(t, "en"), guide(t, "fr")
	commands := func(text string) []string { return regexp.MustCompile(`(?m)^\$ .*$`).FindAllString(text, -1) }
	require.Equal(t, commands(en), commands(fr))
	files := func(text string) (all []string) {
		for _, block := range fence.FindAllStringSubmatch(text, -1) {
			if block[2] != "" {
				all = append(all, block[2])
			}
		}
		return all
	}
	require.Equal(t, files(en), files(fr))
	for _, table := range []string{"procedure", "step", "slot", "item", "type"} {
		a, b := rows(t, en, table), rows(t, fr, table)
		require.Len(t, b, len(a), table)
		for i := range a {
			a[i], b[i] = slices.Delete(a[i], 1, 2), slices.Delete(b[i], 1, 2)
			require.Equal(t, a[i], b[i], table)
		}
	}
	prose := regexp.MustCompile("(?s)```.*?```|`[^`]*`|<!--.*?-->|\\|[-|]+").ReplaceAllString(fr, "")
	require.NotRegexp(t, `[^|] [:;!?»]|« `, prose)
}
