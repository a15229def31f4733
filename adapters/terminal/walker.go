package terminal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
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
}

// errLeft means that the person left with :quit. The draft is already saved.
var errLeft = errors.New("left")

// Walk continues a run until it ends or the person leaves. It returns the run in its last known state.
func (w *Walker) Walk(ctx context.Context, run *Run) (last *Run, err error) {
	if err := w.begin(ctx, run); err != nil {
		return run, err
	}
	for w.run.CurrentStep != nil && err == nil {
		err = w.step(ctx, *w.run.CurrentStep)
	}
	if errors.Is(err, errLeft) || errors.Is(err, io.EOF) {
		w.printf("")
		return w.run, nil
	}
	if err == nil {
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
	for _, s := range run.Steps {
		switch s.State {
		case client.StepStateCommitted:
			w.printf("%s %s", styled(Good, "✓"), s.Title)
		case client.StepStateSkipped:
			w.showSkipped(s.Title)
		case client.StepStateLocked, client.StepStateOpen, client.StepStateNotApplicable:
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
	node, err := jsondoc.Parse(document)
	if err != nil {
		return nil, procedure.Localizer{}, err
	}
	doc, issues := procedure.Read(node, language)
	if len(issues) > 0 {
		return nil, procedure.Localizer{}, fmt.Errorf("the server's definition cannot be read: %s %s",
			issues[0].Field, locale.Issue(issues[0]))
	}
	return doc.Definition, doc.In(locale.Wanted()), nil
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
	return w.Locale.Text("terminal."+id, params)
}

func (w *Walker) printf(format string, args ...any) { fmt.Fprintf(w.Console, format+"\n", args...) }

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
			w.run = fresh
		}
		return err
	}
	if err == nil {
		w.run = run
	}
	return err
}

// Say shows a line on a console, in a style that sets it apart from questions.
func Say(console Console, text string) { fmt.Fprintln(console, styled(Faint, text)) }

// bar draws a progress bar.
func bar(done, total int) string {
	const width = 20
	if total == 0 {
		return ""
	}
	full := width * done / total
	return strings.Repeat("█", full) + strings.Repeat("░", width-full)
}
