package run_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/runtest"
	"github.com/procedo/procedo/core/slot"
)

var update = flag.Bool("update", false, "rewrite the expected output of the scenarios")

// A scenario is a text file. Lines without indentation are commands or comments; indented lines are the expected output
// of the command before them. The commands are:
//
//	procedure FILE            read the definition in testdata/FILE
//	older FILE                like procedure, but numbers in conditions are binary, as in earlier releases
//	at TIME                   set the time of the next command
//	start [METADATA]          start a run
//	[ACTOR:] draft STEP JSON  save a draft; commit, amend, skip and erase have the same form
//	[ACTOR:] fail JSON        fail the run
//
// Commands are one second apart, unless the script sets the time.
func TestScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			want, err := os.ReadFile(file)
			require.NoError(t, err)
			got := runScenario(t, string(want))
			if *update {
				require.NoError(t, os.WriteFile(file, []byte(got), 0o600))
				return
			}
			require.Equal(t, string(want), got)
		})
	}
}

// scenario is the state of a scenario while its commands are executed.
type scenario struct {
	t   *testing.T
	out bytes.Buffer
	run run.Run
	now time.Time

	secrets runtest.Secrets
	trail   []audit.Event
}

// runScenario executes the commands of a script and returns the script with their output.
func runScenario(t *testing.T, script string) string {
	t.Helper()
	s := &scenario{t: t, now: runtest.Epoch}
	for line := range strings.Lines(script) {
		if strings.HasPrefix(line, " ") {
			continue
		}
		s.out.WriteString(line)
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			s.execute(line)
		}
	}
	return s.out.String()
}

func (s *scenario) printf(format string, args ...any) { fmt.Fprintf(&s.out, "  "+format+"\n", args...) }

// execute executes the command on one line.
func (s *scenario) execute(line string) {
	actor, rest, named := strings.Cut(line, ": ")
	if !named || strings.Contains(actor, " ") {
		actor, rest = "alice", line
	}
	verb, rest, _ := strings.Cut(rest, " ")
	stamp := run.Stamp{By: access.Unproven(actor), At: s.now}
	if person, agent, acts := strings.Cut(actor, "+"); acts { // PERSON+AGENT
		stamp.By = access.Principal{ID: person, Via: access.ViaOIDC, Agent: &access.Agent{Subject: agent}}
	}
	s.now = s.now.Add(time.Second)
	switch verb {
	case "procedure":
		doc, err := os.ReadFile(filepath.Join("testdata", rest))
		require.NoError(s.t, err)
		s.run = run.Run{Version: runtest.MustVersion(s.t, doc, cel.Language{})}
	case "at":
		at, err := time.Parse(time.RFC3339, rest)
		require.NoError(s.t, err)
		s.now = at
	case "older":
		doc, err := os.ReadFile(filepath.Join("testdata", rest))
		require.NoError(s.t, err)
		s.run = run.Run{Version: runtest.MustOlderVersion(s.t, doc, cel.Language{})}
	case "start":
		s.start(rest, stamp)
	default:
		s.decide(verb, rest, stamp)
	}
}

// start starts a run; metadata may be empty.
func (s *scenario) start(metadata string, stamp run.Stamp) {
	params := run.StartParams{ID: "run-1", Version: s.run.Version, UserID: "bob", Reference: "INC-1"}
	if metadata != "" {
		params.Metadata = []byte(metadata)
	}
	events, err := run.Start(context.Background(), params, stamp)
	if err != nil {
		s.run = run.Run{Version: params.Version}
		s.printf("refused: %v", err)
		return
	}
	s.run, s.trail = run.Run{}, nil
	s.apply(events)
}

// decide executes a command on the run.
func (s *scenario) decide(verb, rest string, stamp run.Stamp) {
	var c run.Command
	if verb == "erase" {
		c = s.parseErasure(rest)
	} else {
		c = parseCommand(s.t, verb, rest)
	}
	c = s.secrets.Add(s.run, c)
	d, err := run.Decide(context.Background(), s.run, c, stamp)
	if err != nil {
		s.refuse(c, err, stamp)
		return
	}
	s.secrets.Keep(d)
	for _, v := range d.PlainValues {
		def := &s.run.Version.Steps[v.Step]
		s.printf("plain value of %s.%s is stored", def.Key, def.Slots[v.Slot].Name)
	}
	if len(d.Events) == 0 {
		s.printf("accepted without a change")
	}
	s.apply(d.Events)
	s.removeErased(d.Events)
}

// refuse prints a refusal and adds its event to the run.
func (s *scenario) refuse(c run.Command, refusal error, stamp run.Stamp) {
	f := fault.From(refusal)
	params, err := json.Marshal(f.Params)
	require.NoError(s.t, err)
	s.printf("refused: %s %s %s", f.Kind, f.Code, params)
	for _, is := range f.Issues {
		params, err := json.Marshal(is.Params)
		require.NoError(s.t, err)
		s.printf("  %s %s %s", is.Field, is.Code, params)
	}
	e, ok := run.Refusal(s.run, c, refusal, stamp)
	if !ok {
		s.printf("not recorded")
		return
	}
	s.apply([]run.Event{e})
}

// apply applies events to the run, and prints the events and the resulting state.
func (s *scenario) apply(events []run.Event) {
	for _, e := range events {
		after, err := run.Evolve(s.run, e)
		require.NoError(s.t, err)
		s.run = after
		sealed := s.record(e)
		payload := []byte(sealed.Open().Payload)
		var value any // decoded and encoded again to sort its members
		require.NoError(s.t, json.Unmarshal(payload, &value))
		payload, err = json.Marshal(value)
		require.NoError(s.t, err)
		s.printf("%d %s by %s %s", s.run.Seq, e.Fact.Action(), e.By.ID, payload)
	}
	s.printRun()
}

// printRun prints the state of the run, and each step that has values or ticks or that was passed over.
func (s *scenario) printRun() {
	progress, ticks := s.run.Outlook(context.Background()).Progress, "no checklist items"
	if tenths, ok := progress.Checklist.Tenths(); ok {
		ticks = fmt.Sprintf(
			"%d/%d ticked, %d.%d %%", progress.Checklist.Completed, progress.Checklist.Total, tenths/10, tenths%10,
		)
	}
	if progress.Provisional {
		ticks += ", provisional"
	}
	for _, d := range s.run.Divergences {
		ticks += fmt.Sprintf(", diverged at %s (%s)", d.Step, d.Expression)
	}
	s.printf(
		"= %s, revision %d, open: %q, %d/%d steps, %s", s.run.State, s.run.Revision, s.run.CurrentKey(),
		progress.Steps.Committed, progress.Steps.Total, ticks,
	)
	for i := range s.run.Steps {
		step, key := &s.run.Steps[i], s.run.Version.Steps[i].Key
		for k := range step.Earlier {
			s.printf("  %s (visit %d, earlier):%s", key, step.Earlier[k].Number, describeVisit(&step.Earlier[k]))
		}
		text := describeVisit(&step.Visit)
		if fields := s.run.Outlook(context.Background()).Inapplicable[i]; len(fields) > 0 {
			text += " without " + strings.Join(fields, " ")
		}
		amended := ""
		if step.Amended {
			amended = ", amended"
		}
		if text != "" || step.State == run.NotApplicable {
			s.printf("  %s (%s, visit %d%s):%s", key, step.State, step.Number, amended, text)
		}
	}
}

// describeVisit returns the reason, values and ticks of a visit as text; empty if there are none.
func describeVisit(v *run.Visit) string {
	var b strings.Builder
	if v.Reason != "" {
		fmt.Fprintf(&b, " skipped by %s: %s", v.CommittedBy, v.Reason)
	}
	for j, s := range v.Slots {
		if s.Value.IsAbsent() {
			continue
		}
		fmt.Fprintf(&b, " [%d]=%s", j, s.Value.AppendCanonical(nil))
		if s.Origin != slot.Manual {
			fmt.Fprintf(&b, "(%s)", s.Origin)
		}
		if s.ErasedAt != nil {
			fmt.Fprintf(&b, "(erased at %s)", s.ErasedAt.Format(time.TimeOnly))
		}
	}
	for _, it := range v.Items {
		if it.Completed {
			fmt.Fprintf(&b, " %s ticked by %s at %s", it.Key, it.By, it.At.Format(time.TimeOnly))
		}
	}
	return b.String()
}

// parseCommand parses the command of a line; rest is the part of the line after the verb.
func parseCommand(t *testing.T, verb, rest string) run.Command {
	t.Helper()
	step := ""
	if verb != "fail" {
		step, rest, _ = strings.Cut(rest, " ")
	}
	var in struct {
		Slots     map[string]json.RawMessage
		Checklist []checklist.Tick
		Origins   map[string]slot.Origin
		Visit     int
		Slot      string
		Reason    string
	}
	if rest != "" {
		require.NoError(t, json.Unmarshal([]byte(rest), &in), rest)
	}
	sub := run.Submission{
		Step:    step,
		Ticks:   in.Checklist,
		Origins: in.Origins,
		Visit:   in.Visit,
		Slots:   map[string][]byte{},
	}
	for name, raw := range in.Slots {
		sub.Slots[name] = raw
	}
	switch verb {
	case "draft":
		return run.Draft{Submission: sub}
	case "commit":
		return run.Commit{Submission: sub}
	case "amend":
		return run.Amend{Submission: sub, Reason: in.Reason}
	case "skip":
		return run.Skip{Step: step, Visit: in.Visit, Reason: in.Reason}
	case "reveal":
		return run.Reveal{Step: step, Slot: in.Slot, Visit: in.Visit, Reason: in.Reason}
	case "fail":
		return run.Fail{Reason: in.Reason}
	}
	t.Fatalf("unknown command %q", verb)
	return nil
}
