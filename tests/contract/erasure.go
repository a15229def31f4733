package contract

import (
	"bytes"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/commitment"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/encoding"
	"github.com/procedo/procedo/core/run/runtest"
	"github.com/procedo/procedo/core/slot"
	"github.com/procedo/procedo/core/verify"
)

// erase erases places of a run. Afterwards, the rows must hold the run that the service returned and the run that its
// events fold to, and verification must have no findings.
func (fx *fixture) erase(id string, places ...run.ErasePlace) run.Run {
	fx.Helper()
	after := fx.mustExecute(id, run.Erase{Places: places, Reason: "asked to"})
	fx.requireConsistent(after)
	return after
}

// requireConsistent checks that the rows of a run hold the given state, that its events fold to it, and that
// verification has no findings.
func (fx *fixture) requireConsistent(r run.Run) {
	fx.Helper()
	require.Empty(fx, projection.Differences(r, fx.load(r.ID).Run), "rows")
	folded := encoding.NewReplay(r.Version, r.ID)
	for _, e := range fx.trail(audit.RunEntity, r.ID) {
		_, err := folded.Next(&e)
		require.NoError(fx, err, e.Action)
	}
	require.Empty(fx, projection.Differences(r, folded.Run), "events")
	fx.requireVerified()
}

func (fx *fixture) requireVerified() {
	fx.Helper()
	done, err := fx.verifier.All(fx.ctx(), verify.Options{Rules: true}, func(f audit.Finding) { fx.Errorf("%s", f) })
	require.NoError(fx, err)
	require.Empty(fx, done.Withheld)
}

// placeIn returns a place at the given pointer, in the first event of the run that has the given action and a disclosed
// or hidden value there.
func (fx *fixture) placeIn(id, action, pointer string) (place run.ErasePlace) {
	fx.Helper()
	for _, e := range fx.trail(audit.RunEntity, id) {
		all, err := audit.ParseDisclosures(e.Disclosures)
		require.NoError(fx, err)
		if e.Action == action && (all.Find(pointer) >= 0 || e.Open().IsHidden(pointer)) {
			return run.ErasePlace{Place: commitment.Place{Seq: e.Seq, Pointer: pointer}}
		}
	}
	fx.Fatalf("no event %s has %s", action, pointer)
	return place
}

// disclosed returns everything that the events of a run disclose, as one text.
func (fx *fixture) disclosed(id string) string {
	var all strings.Builder
	for _, e := range fx.trail(audit.RunEntity, id) {
		all.WriteString(e.Disclosures + "\n" + string(e.Open().Payload) + "\n")
	}
	return all.String()
}

// eventsKeepTheirDisclosures checks that events come back exactly as they were appended, with their disclosures.
func eventsKeepTheirDisclosures(fx *fixture) {
	fx.save(definition("p", oneStep))
	id := fx.start("p").ID
	text := "O’Brien \"'\U0001F600/~"
	quoted, err := jsontext.AppendQuote(nil, text)
	require.NoError(fx, err)
	c := fx.decide(id, run.Draft{Submission: submission("s", "a", string(quoted), "n", "1.50", "m", `["y","x"]`)})
	require.NoError(fx, fx.Runs.Append(fx.ctx(), c))
	all := fx.trail(audit.RunEntity, id)
	stored := all[len(all)-len(c.Events):]
	require.Equal(fx, c.Events, stored)
	last := stored[len(stored)-1]
	disclosures, err := audit.ParseDisclosures(last.Disclosures)
	require.NoError(fx, err)
	require.Len(fx, disclosures, 3)
	require.NotContains(fx, last.Canonical, "Brien")
	require.Contains(fx, string(last.Open().Payload), "Brien")
	require.Empty(fx, last.Open().Hidden)
	require.NoError(fx, fx.Export.EventsIn(fx.ctx(), audit.Range{Type: audit.RunEntity}, func(e *audit.Event) error {
		require.Equal(fx, all[e.Seq-1], *e)
		return nil
	}))
	fx.requireVerified()
}

// erasable is a procedure with everything that can be erased. The step s keeps its values when it is visited again.
const erasable = `{"id":"p","name":"P","steps":[
	{"key":"s","title":"S","on_return":"keep","slots":[
		{"name":"name","type":"string"},
		{"name":"note","type":"text","required":false},
		{"name":"sum","type":"number","required":false},
		{"name":"m","type":"multi_enum","options":["first choice","second choice"],"required":false},
		{"name":"pin","type":"string","sensitive":true,"required":false}]},
	{"key":"k","title":"K","skippable":true},
	{"key":"t","title":"T","slots":[{"name":"ok","type":"boolean"}],
		"transitions":[{"when":"!ok || s.name == 'Nobody' || has(run.metadata.stop)","to":"s"}]},
	{"key":"u","title":"U","slots":[{"name":"name","type":"string","required":false},{"name":"other","type":"string","required":false}]}]}`

// startErasable starts a run with a reference, a user and metadata, and commits its first step.
func (fx *fixture) startErasable() (id string) {
	fx.Helper()
	fx.save(erasable)
	metadata, err := jsondoc.Parse([]byte(`{"customer":"Ada Meta"}`))
	require.NoError(fx, err)
	started, err := fx.service.StartRun(fx.ctx(), request, app.StartInput{
		ProcedureID: "p", Reference: "Ada Reference", UserID: "Ada User", Metadata: metadata,
	})
	require.NoError(fx, err)
	fx.mustExecute(started.ID, run.Commit{Submission: submission("s", "name", `"Ada Slot"`, "note", `"a note"`,
		"sum", "12.50", "m", `["second choice","first choice"]`, "pin", `"pin-1234"`)})
	return started.ID
}

// erasureCase is one text or value that is erased.
type erasureCase struct {
	text  string // must be gone afterwards
	place func(id string) run.ErasePlace
	gone  func(r run.Run) bool // reports whether the state shows the erasure
}

func (fx *fixture) erasureCases() map[string]erasureCase {
	slotOf := func(name string) func(string) run.ErasePlace {
		return func(string) run.ErasePlace { return run.ErasePlace{Step: "s", Slot: name} }
	}
	in := func(action, pointer string) func(string) run.ErasePlace {
		return func(id string) run.ErasePlace { return fx.placeIn(id, action, pointer) }
	}
	erased := func(j int) func(run.Run) bool {
		return func(r run.Run) bool {
			v := r.Steps[0].Slots[j]
			return v.ErasedAt != nil && v.Value.Shape() == slot.SealedShape
		}
	}
	hides := func(text run.ErasedText, rest func(r run.Run) bool) func(run.Run) bool {
		return func(r run.Run) bool { return len(r.Erased) == 1 && r.Erased[0] == text && rest(r) }
	}
	always := func(run.Run) bool { return true }
	return map[string]erasureCase{
		"a value":           {"Ada Slot", slotOf("name"), erased(0)},
		"a number":          {"12.50", slotOf("sum"), erased(2)},
		"choices":           {"second choice\",\"first choice", slotOf("m"), erased(3)},
		"a sensitive value": {"pin-1234", slotOf("pin"), erased(4)},
		"the reference": {"Ada Reference", in("run.created", "/reference"),
			hides(run.ErasedReference, func(r run.Run) bool { return r.Reference == "" })},
		"the user": {"Ada User", in("run.created", "/user_id"),
			hides(run.ErasedUserID, func(r run.Run) bool { return r.UserID == "" })},
		"the metadata": {"Ada Meta", in("run.created", "/metadata"),
			hides(run.ErasedMetadata, func(r run.Run) bool { return len(r.Metadata) == 0 })},
		"the reason of a skip": {"Ada Skip", in("step.skipped", "/reason"),
			func(r run.Run) bool { return r.Steps[1].Skipped && r.Steps[1].ReasonErased() }},
		"the reason of a failure": {"Ada Failure", in("run.failed", "/reason"),
			hides(run.ErasedFailureReason, func(r run.Run) bool { return r.Failure.Reason == "" && r.Failure.By == "ann" })},
		"the reason of an amendment": {"Ada Amendment", in("step.amended", "/reason"), always},
		"refused input":              {"Ada Refused", in("step.commit_refused", "/input"), always},
		"a request id":               {"Ada Request", in("step.skipped", "/request_id"), always},
	}
}

// erasuresRemoveEverything checks for each kind of text that an erasure removes it from the rows and from the trail,
// removes the run's receipts that hold an answer, and changes nothing else.
func erasuresRemoveEverything(fx *fixture) {
	for name, c := range fx.erasureCases() {
		id := fx.startErasable()
		_, err := fx.execute(id, run.Commit{Submission: submission("u", "other", `"Ada Refused"`)})
		require.Error(fx, err)
		fx.mustExecute(id, run.Amend{Submission: submission("s", "note", `"amended"`), Reason: "Ada Amendment"})
		skip := request
		skip.ID = "Ada Request"
		_, err = fx.service.Execute(fx.ctx(), skip, id, run.Skip{Step: "k", Reason: "Ada Skip"})
		require.NoError(fx, err)
		fx.mustExecute(id, run.Fail{Reason: "Ada Failure"})
		require.NoError(fx, fx.Receipts.Save(fx.ctx(), *answerReceipt(name, id, fx.Now())))
		require.NoError(fx, fx.Receipts.Save(fx.ctx(), *fx.receiptOf(id, name+" without an answer", fx.Now())))
		others := fx.start("p").ID
		require.NoError(fx, fx.Receipts.Save(fx.ctx(), *answerReceipt(name+" of another run", others, fx.Now())))

		before, trail := fx.load(id), fx.trail(audit.RunEntity, id)
		plain, err := fx.Runs.PlainValues(fx.ctx(), id)
		require.NoError(fx, err)
		after := fx.erase(id, c.place(id))
		require.True(fx, c.gone(after), name)
		require.Equal(fx, before.Run.Revision, after.Revision, name)
		require.NotContains(fx, fx.disclosed(id), c.text, name)
		rest, err := fx.Runs.PlainValues(fx.ctx(), id)
		require.NoError(fx, err)
		if name == "a sensitive value" {
			require.Len(fx, rest, len(plain)-1)
		} else {
			require.Equal(fx, plain, rest, name)
		}
		for key, kept := range map[string]bool{
			name: false, name + " without an answer": true, name + " of another run": true,
		} {
			_, found, err := fx.Receipts.Find(fx.ctx(), receipt(key, fx.Now()).ReceiptKey, before.Run.CreatedAt)
			require.NoError(fx, err)
			require.Equal(fx, kept, found, key)
		}
		fx.requireOnlyRemoved(trail, fx.trail(audit.RunEntity, id), name)
		for other, o := range fx.erasureCases() {
			if other != name && other != "a sensitive value" {
				require.Contains(fx, fx.disclosed(id), o.text, "%s, after erasing %s", other, name)
			}
		}
		again := fx.mustExecute(id, run.Erase{Places: []run.ErasePlace{c.place(id)}, Reason: "once more"})
		require.Equal(fx, after.Seq, again.Seq, "%s: what was erased is not erased again", name)
	}
}

// requireOnlyRemoved checks that an erasure added one event, removed the disclosures that this event names from earlier
// events, and changed nothing else in them.
func (fx *fixture) requireOnlyRemoved(before, after []audit.Event, name string) {
	fx.Helper()
	require.Len(fx, after, len(before)+1)
	last := after[len(before)]
	require.Equal(fx, string(run.ActionContentErased), last.Action)
	named := encoding.ErasedPlaces(last.Action, last.Open())
	for i, e := range before {
		all, err := audit.ParseDisclosures(e.Disclosures)
		require.NoError(fx, err)
		var gone []string
		for _, p := range named {
			if p.Seq == e.Seq {
				require.GreaterOrEqual(fx, all.Find(p.Pointer), 0, "%s: %v", name, p)
				gone = append(gone, p.Pointer)
			}
		}
		e.Disclosures = all.Without(gone).Text()
		require.Equal(fx, e, after[i], name)
	}
}

// failedErasuresChangeNothing checks that the rows, the disclosures and the receipts stay as they are if an erasure
// fails: they change in one transaction.
func failedErasuresChangeNothing(fx *fixture) {
	id := fx.startErasable()
	require.NoError(fx, fx.Receipts.Save(fx.ctx(), *answerReceipt("kept", id, fx.Now())))
	require.NoError(fx, fx.Receipts.Save(fx.ctx(), *fx.receiptOf(fx.start("p").ID, "taken", fx.Now())))
	before, trail := fx.load(id), fx.trail(audit.RunEntity, id)
	_, err := fx.service.PlanErasure(fx.ctx(), id, []run.ErasePlace{{Step: "s", Slot: "name"}})
	require.NoError(fx, err)
	c := fx.decide(id, run.Erase{Reason: "r", Plan: run.ErasePlan{
		Targets: []run.ErasedTarget{{Step: 0, Visit: 1, Slot: 0}},
		Places:  []commitment.Place{{Seq: trail[len(trail)-2].Seq, Pointer: "/slots/name"}},
	}})
	c.Erases = true
	c.Remaining = []app.RemainingDisclosures{{Seq: trail[len(trail)-2].Seq}}
	c.Receipt = fx.receiptOf(id, "taken", fx.Now())
	require.ErrorIs(fx, fx.Runs.Append(fx.ctx(), c), app.ErrReceiptTaken)
	require.Equal(fx, before, fx.load(id))
	require.Equal(fx, trail, fx.trail(audit.RunEntity, id))
	_, found, err := fx.Receipts.Find(fx.ctx(), receipt("kept", fx.Now()).ReceiptKey, before.Run.CreatedAt)
	require.NoError(fx, err)
	require.True(fx, found)
	fx.requireVerified()
}

// impossibleErasuresAreRefused checks that an erasure of what does not exist is refused as a whole.
func impossibleErasuresAreRefused(fx *fixture) {
	id := fx.startErasable()
	created := fx.placeIn(id, "run.created", "/reference").Seq
	at := func(seq int64, pointer string) run.ErasePlace {
		return run.ErasePlace{Place: commitment.Place{Seq: seq, Pointer: pointer}}
	}
	for name, place := range map[string]run.ErasePlace{
		"an unknown step":         {Step: "x", Slot: "name"},
		"an unknown slot":         {Step: "s", Slot: "x"},
		"a slot without a value":  {Step: "u", Slot: "name"},
		"an unknown visit":        {Step: "s", Slot: "name", Visit: 9},
		"an unknown event":        at(999, "/reason"),
		"an event of another run": at(0, "/reference"),
		"a place without a text":  at(created, "/procedure_id"),
		"an unknown place":        at(created, "/x"),
		"no place":                {},
	} {
		before, trail := fx.load(id).Run, fx.trail(audit.RunEntity, id)
		places := []run.ErasePlace{{Step: "s", Slot: "note"}, place}
		_, err := fx.execute(id, run.Erase{Places: places, Reason: "r"})
		require.Error(fx, err, name)
		require.Equal(fx, fault.Invalid, fault.From(err).Kind, name)
		require.NotEmpty(fx, fault.From(err).Issues, name)
		require.Equal(fx, before.Revision, fx.load(id).Run.Revision, name)
		require.Equal(fx, trail, fx.trail(audit.RunEntity, id)[:len(trail)], name)
	}
	_, err := fx.execute(id, run.Erase{Places: []run.ErasePlace{{Step: "s", Slot: "note"}}, Reason: " "})
	require.Equal(fx, "reason", fault.From(err).Issues[0].Field, "a reason is required")
	fx.requireConsistent(fx.load(id).Run)
}

// erasuresLeaveNoFingerprintOfABody checks that nothing in the receipts of a run depends on the bodies of requests
// after an erasure in the run: what was erased may have been in any of them, and be found by trying. Receipts of other
// runs and of procedures stay as they are, and so does that of the erasure.
func erasuresLeaveNoFingerprintOfABody(fx *fixture) {
	key := bytes.Repeat([]byte{1}, app.ServiceKeySize)
	of := func(head, body string) app.Fingerprint { return app.NewFingerprint(key, []byte(head), []byte(body)) }
	id := fx.startErasable()
	whole := of("/runs/1\n", `{"slots":{"pin":"4711"}}`)
	save := func(r *app.Receipt, fingerprint string) *app.Receipt {
		r.Fingerprint = fingerprint
		require.NoError(fx, fx.Receipts.Save(fx.ctx(), *r), r.Key)
		return r
	}
	own := save(fx.receiptOf(id, "own", fx.Now()), whole.String())
	old := save(fx.receiptOf(id, "old", fx.Now()), whole.String()[:app.HeadPosition-2])
	other := save(fx.receiptOf(fx.start("p").ID, "other", fx.Now()), whole.String())
	procedure := save(receipt("procedure", fx.Now()), whole.String())
	find := func(r *app.Receipt) string {
		found, ok, err := fx.Receipts.Find(fx.ctx(), r.ReceiptKey, runtest.Epoch)
		require.NoError(fx, err)
		require.True(fx, ok, r.Key)
		expected := *r
		expected.Fingerprint, expected.CreatedAt = found.Fingerprint, found.CreatedAt
		require.Equal(fx, expected, found, "nothing else of the receipt changes")
		return found.Fingerprint
	}
	c := fx.decide(id, run.Fail{Reason: "x"})
	c.Receipt = fx.receiptOf(id, "failure", fx.Now())
	c.Receipt.Seq, c.Receipt.Fingerprint = c.After.Seq, whole.String()
	require.NoError(fx, fx.Runs.Append(fx.ctx(), c))
	req := request
	req.RunReceipt = &app.NewReceipt[run.Run]{
		ReceiptKey: receipt("erasure", fx.Now()).ReceiptKey, Fingerprint: whole,
		Reply: func(run.Run) app.Reply { return app.Reply{Status: 200} },
	}
	_, _, err := fx.service.Erase(fx.ctx(), req, id, run.Erase{
		Places: []run.ErasePlace{{Step: "s", Slot: "name"}}, Reason: "asked to",
	})
	require.NoError(fx, err)
	erasure, _, err := fx.Receipts.Find(fx.ctx(), req.RunReceipt.ReceiptKey, runtest.Epoch)
	require.NoError(fx, err)
	require.Equal(fx, whole.String(), erasure.Fingerprint)
	for _, place := range []run.ErasePlace{fx.placeIn(id, "run.failed", "/reason"), {Step: "s", Slot: "pin"}} {
		for _, r := range []*app.Receipt{own, c.Receipt} {
			left := find(r) // also of what an earlier erasure has left
			require.Equal(fx, app.ErasedPrefix+whole.String()[app.HeadPosition-1:], left)
			require.True(fx, of("/runs/1\n", "{}").Matches(left), "a repeat is still answered")
			require.False(fx, of("/runs/2\n", "{}").Matches(left))
		}
		require.Equal(fx, app.ErasedPrefix, find(old), "nobody can tell the head from an older fingerprint")
		require.Equal(fx, whole.String(), find(other))
		require.Equal(fx, whole.String(), find(procedure))
		fx.erase(id, place)
	}
}
