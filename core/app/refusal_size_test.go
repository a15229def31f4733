package app_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/app/apptest"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/commitment"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/slot"
)

// refusing is a procedure whose steps refuse input in every way: by types, long lists of options, patterns, rules,
// conditions that cannot be evaluated, visits and states.
func refusing() string {
	options := make([]string, 200)
	for i := range options {
		options[i] = fmt.Sprintf(`"option %d %s"`, i, strings.Repeat("é", i%40))
	}
	long := strings.Repeat("n", 128)
	return `{"id":"p","name":"P","steps":[
		{"key":"s","title":"S","slots":[
			{"name":"a","type":"enum","options":[` + strings.Join(options, ",") + `],"required":false},
			{"name":"b","type":"string","validate":"x+` + strings.Repeat(`é?`, 90) + `","required":false},
			{"name":"` + long + `","type":"integer"},
			{"name":"pin","type":"string","sensitive":true,"required":false}],
			"checklist_items":[{"key":"` + long + `","label":"L","required":true}],
			"transitions":[{"when":"run.metadata.n > 1","to":"end"}]},
		{"key":"t","title":"T"}]}`
}

// storedSize returns the bytes of an event in its row.
func storedSize(e *audit.Event) int {
	return len(e.Canonical) + len(e.Disclosures) + len(e.Entity.Type) + len(e.Entity.ID) + 8 + len(e.Action) +
		len(e.Actor) + 8 + len(e.PrevHash) + len(e.Hash)
}

// hostileText draws a text that is long or grows when it is encoded.
func hostileText(t *rapid.T, name string, limit int) string {
	unit := rapid.SampledFrom([]string{`"`, "\x01", "é", "a", `\`, "😀", "\u2028", "~", "/", "<", "\u007f"}).Draw(t, name)
	return strings.Repeat(unit, rapid.IntRange(1, limit).Draw(t, name+" length"))
}

// line draws an actor or a request id: a single line of at most 255 bytes.
func line(t *rapid.T, name string) string {
	unit := rapid.SampledFrom([]string{`"`, `\`, "é", "a", "😀", "~", "/"}).Draw(t, name)
	return strings.Repeat(unit, 255/len(unit))
}

// hostileCommand draws a command that is refused in the present state of any run of the procedure.
func hostileCommand(t *rapid.T) run.Command {
	sub := run.Submission{
		Step:  rapid.SampledFrom([]string{"s", "t", "", hostileText(t, "step", 3000)}).Draw(t, "which step"),
		Slots: map[string][]byte{}, Visit: rapid.SampledFrom([]int{0, 1, 1 << 62}).Draw(t, "visit"),
		Origins: map[string]slot.Origin{},
	}
	names := []string{"a", "b", "pin", strings.Repeat("n", 128)}
	for range rapid.IntRange(0, 40).Draw(t, "slots") {
		name := hostileText(t, "name", 400)
		if i := rapid.IntRange(0, 2*len(names)).Draw(t, "known"); i < len(names) {
			name = names[i]
		}
		unit := rapid.SampledFrom([]string{`\u0001`, `\"`, `a`, `\\`, `é`}).Draw(t, "value")
		sub.Slots[name] = []byte(`["` + strings.Repeat(unit, rapid.IntRange(0, 3000).Draw(t, "length")) + `"]`)
		if rapid.Bool().Draw(t, "origin") {
			sub.Origins[name] = slot.Origin(rapid.SampledFrom([]string{"manual", "agent"}).Draw(t, "origin of"))
		}
		if rapid.Bool().Draw(t, "tick") {
			sub.Ticks = append(sub.Ticks, checklist.Tick{Key: name, Completed: true})
		}
	}
	reason := hostileText(t, "reason", 5000)
	switch rapid.IntRange(0, 4).Draw(t, "command") {
	case 0:
		return run.Draft{Submission: sub}
	case 1:
		return run.Amend{Submission: sub, Reason: reason}
	case 2:
		return run.Skip{Step: sub.Step, Reason: reason}
	case 3:
		places := make([]run.ErasePlace, rapid.IntRange(1, 50).Draw(t, "places"))
		for i := range places {
			places[i] = run.ErasePlace{Place: commitment.Place{Seq: 1 << 40, Pointer: hostileText(t, "pointer", 500)}}
		}
		return run.Erase{Places: places, Reason: reason}
	}
	return run.Commit{Submission: sub}
}

// TestRecordedRefusalsTakeAtMost8KiB holds for every command, on runs in any state: the whole row of the event, with
// its disclosures.
func TestRecordedRefusalsTakeAtMost8KiB(t *testing.T) {
	fx := newFixture(t)
	fx.save(refusing())
	ids := map[bool]string{}
	for _, final := range []bool{false, true} {
		started, err := fx.StartRun(t.Context(), ann, app.StartInput{ProcedureID: "p"})
		require.NoError(t, err)
		if ids[final] = started.ID; final {
			_, err = fx.Execute(t.Context(), ann, started.ID, run.Fail{Reason: "over"})
			require.NoError(t, err)
		}
	}
	largest := 0
	rapid.Check(t, func(t *rapid.T) {
		ctx, id := context.Background(), ids[rapid.Bool().Draw(t, "final")]
		service, req := fx.As(principal(t)), app.Request{ID: line(t, "request id")}
		if rapid.Bool().Draw(t, "stale") {
			req.IfMatch = &app.Condition{}
		}
		before, err := fx.ports.Runs.Load(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		if before.Run.Refusals >= run.MaxFullRefusals/2 { // refusals are written in full
			started, err := fx.StartRun(ctx, ann, app.StartInput{ProcedureID: "p"})
			if err != nil {
				t.Fatal(err)
			}
			ids[false] = started.ID
		}
		_, _ = service.Execute(ctx, req, id, hostileCommand(t))
		events, err := fx.RunEvents(ctx, id, before.Head.Seq, 10)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range events.Items {
			if strings.HasSuffix(e.Action, "refused") {
				largest = max(largest, storedSize(&e))
			}
		}
		if largest > run.MaxRefusalEvent {
			t.Fatalf("%d bytes", largest)
		}
	})
	t.Logf("the largest takes %d bytes", largest)
	require.Greater(t, largest, run.MaxRefusalEvent*3/4, "the property was tried with large refusals")
}

// TestLargeRefusalsFillTheirEvent checks the largest input with the longest actor and request id.
func TestLargeRefusalsFillTheirEvent(t *testing.T) {
	fx := newFixture(t)
	fx.save(refusing())
	started, err := fx.StartRun(t.Context(), ann, app.StartInput{ProcedureID: "p"})
	require.NoError(t, err)
	service, req := apptest.As(fx.Service, strings.Repeat(`"`, 255)), app.Request{ID: strings.Repeat(`\`, 255)}
	slots := map[string][]byte{"a": []byte(`"` + strings.Repeat(`\"`, 9000) + `"`)}
	for i := range 300 {
		slots[strings.Repeat("\x01", 40)+fmt.Sprint(i)] = []byte("1")
	}
	_, err = service.Execute(t.Context(), req, started.ID, run.Commit{Submission: run.Submission{Step: "s", Slots: slots}})
	require.True(t, fault.Is(err, fault.Invalid))
	events, err := fx.RunEvents(t.Context(), started.ID, 2, 10)
	require.NoError(t, err)
	require.LessOrEqual(t, storedSize(&events.Items[0]), run.MaxRefusalEvent)
	payload := string(events.Items[0].Open().Payload)
	require.Contains(t, payload, `"code":"validation.enum"`, "there is always room for an issue")
	require.Contains(t, payload, `"issues_omitted":`)
}

// principal returns a principal with texts as long as adapters let them be: authenticated or not, with an agent or not.
func principal(t *rapid.T) access.Principal {
	p := access.Unproven(line(t, "actor"))
	if !rapid.Bool().Draw(t, "proven") {
		return p
	}
	p.Via, p.Name, p.Issuer = access.ViaOIDC, line(t, "name"), line(t, "issuer")
	if rapid.Bool().Draw(t, "agent") {
		p.Agent = &access.Agent{Issuer: line(t, "issuer"), Subject: line(t, "subject"), Name: line(t, "name")}
		for range rapid.IntRange(0, 3).Draw(t, "chain") {
			p.Agent.Chain = append(p.Agent.Chain, line(t, "subject"))
		}
	}
	return p
}
