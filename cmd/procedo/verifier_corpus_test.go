package main

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/audit"
)

// corpus is a list of files that the program and docs/verify.py verify. They must agree about each.
type corpus struct {
	t     *testing.T
	dir   string
	cases []corpusCase
	part  uint32 // one case of so many is kept
}

// wholeCorpus is the variable with which a test keeps all cases. Without it, a third of them must suffice.
const wholeCorpus = "PROCEDO_TEST_WHOLE_CORPUS"

type corpusCase struct {
	name string
	args verifyCmd // the files, and what is trusted
}

// add adds a file with a text, to be verified with the given trust.
func (c *corpus) add(name, text string, trust ...func(*verifyCmd)) {
	c.addFiles(name, []string{text}, trust...)
}

// addFiles adds several files that are verified together.
func (c *corpus) addFiles(name string, texts []string, trust ...func(*verifyCmd)) {
	chosen := fnv.New32a()
	_, _ = chosen.Write([]byte(name)) // the same ones in every run
	if chosen.Sum32()%c.part != 0 {
		return
	}
	one := corpusCase{name: name}
	for _, text := range texts {
		one.args.Files = append(one.args.Files, c.write(text))
	}
	for _, fn := range trust {
		fn(&one.args)
	}
	c.cases = append(c.cases, one)
}

var corpusFiles int

func (c *corpus) write(text string) (file string) {
	corpusFiles++
	file = filepath.Join(c.dir, fmt.Sprint(corpusFiles))
	require.NoError(c.t, os.WriteFile(file, []byte(text), 0o600))
	return file
}

// keeping verifies with a file of kept checkpoints.
func (c *corpus) keeping(text string) func(*verifyCmd) {
	return func(v *verifyCmd) { v.Checkpoint = append(v.Checkpoint, c.write(text)) }
}

// trusting verifies with a trusted key.
func trusting(key string) func(*verifyCmd) { return func(v *verifyCmd) { v.Key = append(v.Key, key) } }

// verdict is whether a verifier accepts a file, and what it says.
type verdict struct {
	valid bool
	out   string
}

// ours returns the verdict of the program.
func (c *corpus) ours(v verifyCmd) verdict {
	var out strings.Builder
	findings := 0
	options, err := v.options(c.t.Context())
	if err == nil {
		_, err = v.verify(c.t.Context(), options, func(f audit.Finding) {
			if !f.Warning {
				findings++
			}
			fmt.Fprintln(&out, f)
		})
	}
	if err != nil {
		fmt.Fprintln(&out, err)
	}
	return verdict{err == nil && findings == 0, out.String()}
}

// startTheirs starts docs/verify.py for all cases. The result waits for its verdicts.
func (c *corpus) startTheirs() (wait func() []verdict) {
	var in, out, errs bytes.Buffer
	for _, one := range c.cases {
		args := []string{}
		for _, file := range one.args.Checkpoint {
			args = append(args, "--checkpoint", file)
		}
		for _, key := range one.args.Key {
			args = append(args, "--key", key)
		}
		line, err := json.Marshal(append(args, one.args.Files...))
		require.NoError(c.t, err)
		in.Write(append(line, '\n'))
	}
	const program = "../../docs/verify.py"
	_, err := os.ReadFile(program) // the result of the test depends on it
	require.NoError(c.t, err)
	cmd := exec.CommandContext(c.t.Context(), "python3", "testdata/verify_many.py", program)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = &in, &out, &errs
	require.NoError(c.t, cmd.Start(), "python3 is needed")
	return func() []verdict {
		require.NoError(c.t, cmd.Wait(), errs.String())
		return c.readTheirs(out.Bytes())
	}
}

func (c *corpus) readTheirs(out []byte) (all []verdict) {
	for line := range bytes.Lines(out) {
		var answer struct {
			Status int    `json:"status"`
			Out    string `json:"out"`
		}
		require.NoError(c.t, json.Unmarshal(line, &answer))
		if answer.Status != 0 && answer.Status != 1 {
			c.t.Errorf("%s: status %d\n%s", c.cases[len(all)].name, answer.Status, answer.Out)
		}
		all = append(all, verdict{answer.Status == 0, answer.Out})
	}
	return all
}

// Both verifiers must accept or refuse the same files.
func TestBothVerifiersAgreeOnTheCorpus(t *testing.T) {
	t.Parallel()
	c := &corpus{t: t, dir: t.TempDir(), part: 1}
	e := newCorpusEvidence(t)
	c.addEvidence(e)
	if os.Getenv(wholeCorpus) == "" {
		c.part = 3
	}
	c.addMembers(e)
	c.addTexts(e)
	c.addSealed()
	c.addDisclosures()
	c.addCheckpoints(e)
	c.addLines(e)
	wait := c.startTheirs()
	all := make([]verdict, len(c.cases))
	for i, one := range c.cases {
		all[i] = c.ours(one.args)
	}
	accepted, differing := 0, 0
	theirs := wait()
	require.Len(t, theirs, len(c.cases))
	for i, one := range c.cases {
		ours := all[i]
		if ours.valid {
			accepted++
		}
		if ours.valid == theirs[i].valid {
			continue
		}
		if differing++; differing <= 40 {
			t.Errorf("%s: the program accepts: %t, verify.py accepts: %t\n%.300s---\n%.300s",
				one.name, ours.valid, theirs[i].valid, ours.out, theirs[i].out)
		}
	}
	t.Logf("%d files, %d accepted, %d with different verdicts", len(c.cases), accepted, differing)
	require.Greater(t, accepted*int(c.part), 500, "the corpus has become too small")
	require.Greater(t, (len(c.cases)-accepted)*int(c.part), 5000, "the corpus has become too small")
}

// joined joins lines, each with its line feed.
func joined(lines ...string) string { return strings.Join(lines, "\n") + "\n" }

func toHex(raw []byte) string { return hex.EncodeToString(raw) }
