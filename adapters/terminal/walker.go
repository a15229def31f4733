package terminal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
)

// Walker executes a run with a person at a console. It saves each answer as a draft at once, so that the person can
// leave, or lose the connection, and continue later.
type Walker struct {
	API     API
	Console Console
	Locale  i18n.Locale
	Now     func() time.Time // the current time, in the person's time zone
	// Language compiles the conditions of definitions.
	Language condition.Language

	run   *Run
	def   *procedure.Definition
	texts procedure.Localizer
	// passed are the indexes of steps that no longer apply and have not been announced yet.
	passed []int
}

// errLeft means that the person left with :quit. The draft is already saved.
var errLeft = errors.New("left")

// Walk continues a run until it ends or the person leaves. It returns the run in its last known state.
func (w *Walker) Walk(ctx context.Context, run *Run) (last *Run, err error) {
	if err := w.begin(ctx, run); err != nil {
		return run, err
	}
	for w.run.CurrentStep != nil && err == nil {
		w.showNotApplicable(ctx)
		err = w.step(ctx, *w.run.CurrentStep)
	}
	if errors.Is(err, errLeft) || errors.Is(err, io.EOF) {
		w.printf("")
		return w.run, nil
	}
	if err == nil {
		w.showNotApplicable(ctx)
		w.showEnd()
	}
	return w.run, err
}

func (w *Walker) begin(ctx context.Context, run *Run) error {
	w.run = run
	document, err := w.API.Definition(ctx, run.ProcedureID, run.ProcedureVersion)
	if err != nil {
		return err
	}
	if w.def, w.texts, err = readDefinition(document, w.Locale, w.Language); err != nil {
		return err
	}
	w.printf("%s", styled(Strong, w.texts.Name()))
	w.printf("%s", styled(Faint, w.say("run", fault.Params{"id": run.ID, "version": run.ProcedureVersion})))
	w.printf("%s", styled(Faint, w.say("keys", nil)))
	for i, s := range run.Steps {
		switch s.State {
		case client.StepStateCommitted:
			w.printf("%s %s", styled(Good, "✓"), s.Title)
		case client.StepStateSkipped:
			w.showSkipped(s.Title)
		case client.StepStateNotApplicable:
			w.passed = append(w.passed, i)
		case client.StepStateLocked, client.StepStateOpen:
		}
	}
	return nil
}

// ReadDefinition parses a definition document that the service returned.
func ReadDefinition(
	document []byte, locale i18n.Locale, language condition.Language,
) (*procedure.Definition, error) {
	def, _, err := readDefinition(document, locale, language)
	return def, err
}

// readDefinition parses a definition from the service. It fails if the service is newer than this program and the
// definition uses something that this program does not know.
func readDefinition(
	document []byte, locale i18n.Locale, language condition.Language,
) (*procedure.Definition, procedure.Localizer, error) {
	def, issues := procedure.ReadCanonical(document, language) // a stored version may break rules that are newer
	if issues.Count > 0 {
		return nil, procedure.Localizer{}, fmt.Errorf("the server's definition cannot be read: %s %s",
			issues.First[0].Field, locale.Issue(issues.First[0]))
	}
	return def, def.In(locale.Wanted()), nil
}

// showSkipped shows that a step was skipped.
func (w *Walker) showSkipped(title string) {
	w.printf("%s", styled(Faint, w.say("skipped", fault.Params{"title": title})))
}

func (w *Walker) showEnd() {
	w.printf("")
	sign := styled(Good, "✓")
	if w.run.State == client.RunStateFailed {
		sign = styled(Bad, "✗")
	}
	w.printf("%s %s", sign, w.say("ended", fault.Params{"state": string(w.run.State), "count": w.run.Seq}))
}

// say returns the message terminal.ID of the catalogue.
func (w *Walker) say(id string, params fault.Params) string {
	return w.Locale.Text("terminal."+id, OneLine(params))
}

func (w *Walker) printf(format string, args ...any) { Printf(w.Console, format, args...) }

// showProblem shows the title and detail of a problem, without its issues.
func (w *Walker) showProblem(r *ProblemError) {
	title, detail := w.problemText(r)
	w.printf("%s %s. %s", styled(Bad, "✗"), title, detail)
}

// update stores the run that a command returned. If the command failed because somebody else has changed the run,
// update shows the problem and reads the run again.
func (w *Walker) update(ctx context.Context, run *Run, err error) error {
	var r *ProblemError
	if errors.As(err, &r) && (r.Status == http.StatusConflict || r.Status == http.StatusPreconditionFailed) {
		w.showProblem(r)
		fresh, err := w.API.Run(ctx, w.run.ID)
		if err == nil {
			w.replace(fresh)
		}
		return err
	}
	if err == nil {
		w.replace(run)
	}
	return err
}

// replace stores a run. It keeps which steps no longer apply, so that showNotApplicable can announce them.
func (w *Walker) replace(run *Run) {
	before := w.run
	w.run = run
	for i := range run.Steps {
		applied := before == nil || i >= len(before.Steps) || before.Steps[i].State != client.StepStateNotApplicable
		if applied && run.Steps[i].State == client.StepStateNotApplicable {
			w.passed = append(w.passed, i)
		}
	}
}

// showNotApplicable announces the steps that no longer apply, with the conditions that decided it.
func (w *Walker) showNotApplicable(ctx context.Context) {
	if len(w.passed) == 0 {
		return
	}
	events, _ := w.API.Events(ctx, w.run.ID) // without them, the conditions are not shown
	for _, i := range w.passed {
		step := &w.run.Steps[i]
		if step.State == client.StepStateNotApplicable {
			w.printf("%s", styled(Faint, w.say("not_applicable", decisionAbout(step, events))))
		}
	}
	w.passed = nil
}

// decisionAbout returns the parameters of the message that a step does not apply: its title and, if a condition decided
// it, the condition and its result.
func decisionAbout(step *client.RunStep, events []client.Event) fault.Params {
	params := fault.Params{"step": step.Title}
	for _, e := range slices.Backward(events) {
		var passed struct {
			Step      string            `json:"step"`
			Decisions []client.Decision `json:"decisions"`
		}
		if e.Action != "step.not_applicable" || json.Unmarshal(e.Payload, &passed) != nil || passed.Step != step.Key {
			continue
		}
		if n := len(passed.Decisions); n > 0 {
			params["expression"], params["result"] = passed.Decisions[n-1].Expression, passed.Decisions[n-1].Result
		}
		break
	}
	return params
}

// Say shows a line on a console, in a style that sets it apart from questions.
func Say(console Console, text string) { Printf(console, "%s", styled(Faint, text)) }

// bar draws a progress bar.
func bar(done, total int) string {
	const width = 20
	if total == 0 {
		return ""
	}
	full := width * done / total
	return strings.Repeat("█", full) + strings.Repeat("░", width-full)
}
