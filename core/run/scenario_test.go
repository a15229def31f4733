package run_test

import (
	"bytes"
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
	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/encoding"
	"github.com/procedo/procedo/core/run/runtest"
	"github.com/procedo/procedo/core/slot"
)

var update = flag.Bool("update", false, "rewrite the golden scenarios with what happens now")

// A scenario is a text file. Lines that begin at the margin are commands; indented lines are what happened.
//
//	procedure FILE            read testdata/FILE
//	start [METADATA]          begin a run
//	[ACTOR:] draft STEP JSON  likewise commit, amend, skip; fail JSON
//
// Each command happens a second after the one before it. Salts are made of place and seq.
func TestScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			want, err := os.ReadFile(file)
			require.NoError(t, err)
			got := play(t, string(want))
			if *update {
				require.NoError(t, os.WriteFile(file, []byte(got), 0o600))
				return
			}
			require.Equal(t, string(want), got)
		})
	}
}

type player struct {
	t   *testing.T
	out bytes.Buffer
	run run.Run
	at  time.Time
}

func play(t *testing.T, script string) string {
	t.Helper()
	p := &player{t: t, at: runtest.Epoch}
	for line := range strings.Lines(script) {
		if strings.HasPrefix(line, " ") {
			continue
		}
		p.out.WriteString(line)
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			p.command(line)
		}
	}
	return p.out.String()
}

func (p *player) say(format string, args ...any) { fmt.Fprintf(&p.out, "  "+format+"\n", args...) }

func (p *player) command(line string) {
	actor, rest, named := strings.Cut(line, ": ")
	if !named || strings.Contains(actor, " ") {
		actor, rest = "alice", line
	}
	verb, rest, _ := strings.Cut(rest, " ")
	stamp := run.Stamp{Actor: actor, At: p.at}
	p.at = p.at.Add(time.Second)
	switch verb {
	case "procedure":
		doc, err := os.ReadFile(filepath.Join("testdata", rest))
		require.NoError(p.t, err)
		p.run = run.Run{Version: runtest.MustVersion(p.t, doc, cel.Language{})}
	case "start":
		v := p.run.Version
		p.run = run.Run{}
		var metadata []byte
		if rest != "" {
			metadata = []byte(rest)
		}
		events, err := run.Start(
			run.StartParams{ID: "run-1", Version: v, UserID: "bob", Reference: "INC-1", Metadata: metadata}, stamp,
		)
		if err != nil {
			p.run = run.Run{Version: v}
			p.say("refused: %v", err)
			return
		}
		p.happen(events)
	default:
		p.decide(verb, rest, stamp)
	}
}

func (p *player) decide(verb, rest string, stamp run.Stamp) {
	c := parseCommand(p.t, verb, rest)
	salts := runtest.Salts(run.SaltsNeeded(p.run, c))
	for i := range salts {
		salts[i][15] = byte(p.run.Seq) // fresh with each command
	}
	c = run.WithSalts(c, salts)
	d, err := run.Decide(p.run, c, stamp)
	if err != nil {
		p.refuse(c, err, stamp)
		return
	}
	for _, s := range d.PlainValues {
		p.say(
			"plain value of %s.%s goes to its row", p.run.Version.Steps[s.Step].Key,
			p.run.Version.Steps[s.Step].Slots[s.Slot].Name,
		)
	}
	if len(d.Events) == 0 {
		p.say("accepted, nothing changes")
	}
	p.happen(d.Events)
}

func (p *player) refuse(c run.Command, refusal error, stamp run.Stamp) {
	f := fault.From(refusal)
	params, err := json.Marshal(f.Params)
	require.NoError(p.t, err)
	p.say("refused: %s %s %s", f.Kind, f.Code, params)
	for _, is := range f.Issues {
		params, err := json.Marshal(is.Params)
		require.NoError(p.t, err)
		p.say("  %s %s %s", is.Field, is.Code, params)
	}
	e, ok := run.Refusal(p.run, c, refusal, stamp, 0)
	if !ok {
		p.say("not recorded")
		return
	}
	p.happen([]run.Event{e})
}

func (p *player) happen(events []run.Event) {
	for _, e := range events {
		after, err := run.Evolve(p.run, e)
		require.NoError(p.t, err)
		p.run = after
		payload, err := encoding.Marshal(p.run.Version, e.Fact)
		require.NoError(p.t, err)
		var sorted any
		require.NoError(p.t, json.Unmarshal(payload, &sorted))
		payload, err = json.Marshal(sorted)
		require.NoError(p.t, err)
		p.say("%d %s by %s %s", p.run.Seq, e.Fact.Action(), e.Actor, payload)
	}
	progress, percent := p.run.Progress(), "nothing to tick"
	if tenths, ok := progress.Checklist.Tenths(); ok {
		percent = fmt.Sprintf(
			"%d/%d ticked, %d.%d %%", progress.Checklist.Completed, progress.Checklist.Total, tenths/10, tenths%10,
		)
	}
	if progress.Provisional {
		percent += ", provisional"
	}
	p.say(
		"= %s, revision %d, open: %q, %d/%d steps, %s", p.run.State, p.run.Revision, p.run.CurrentKey(),
		progress.Steps.Committed, progress.Steps.Total, percent,
	)
	for i := range p.run.Steps {
		s, key := &p.run.Steps[i], p.run.Version.Steps[i].Key
		for k := range s.Earlier {
			p.say("  %s (visit %d, earlier):%s", key, s.Earlier[k].Number, passageLine(&s.Earlier[k]))
		}
		line := passageLine(&s.Visit)
		if out := p.run.Inapplicable(i); len(out) > 0 {
			line += " without " + strings.Join(out, " ")
		}
		if line != "" || s.State == run.NotApplicable {
			p.say(
				"  %s (%s, visit %d%s):%s", key, s.State, s.Number, map[bool]string{true: ", amended"}[s.Amended], line,
			)
		}
	}
}

// passageLine shows what a visit holds.
func passageLine(s *run.Visit) string {
	var b strings.Builder
	if s.Reason != "" {
		fmt.Fprintf(&b, " skipped by %s: %s", s.CommittedBy, s.Reason)
	}
	for j, h := range s.Slots {
		if !h.Value.IsAbsent() {
			fmt.Fprintf(&b, " [%d]=%s", j, h.Value.AppendCanonical(nil))
			if h.Origin != slot.Manual {
				fmt.Fprintf(&b, "(%s)", h.Origin)
			}
			if !h.ErasedAt.IsZero() {
				fmt.Fprintf(&b, "(erased at %s)", h.ErasedAt.Format(time.TimeOnly))
			}
		}
	}
	for _, it := range s.Items {
		if it.Completed {
			fmt.Fprintf(&b, " %s ticked by %s at %s", it.Key, it.By, it.At.Format(time.TimeOnly))
		}
	}
	return b.String()
}

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
		Reason    string
		Slot      string
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
	case "erase":
		return run.Erase{Step: step, Slot: in.Slot, Visit: in.Visit, Reason: in.Reason}
	case "fail":
		return run.Fail{Reason: in.Reason}
	}
	t.Fatalf("no such command: %s", verb)
	return nil
}
