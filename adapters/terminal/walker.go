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

// Walker walks one run with a person at a console. Each answer is saved as a draft at once: whoever leaves, or loses
// the connection, goes on later where they were.
type Walker struct {
	API     API
	Console Console
	Locale  i18n.Locale
	Now     func() time.Time // local time, for answers that are "now"
	// Language is that of the definitions' conditions.
	Language condition.Language

	run   *Run
	def   *procedure.Definition
	texts procedure.Reading
}

// errLeft says that the person left; their draft is saved.
var errLeft = errors.New("left")

// Walk goes on with a run until it ends or the person leaves. It reports whether the run has ended.
func (w *Walker) Walk(ctx context.Context, run *Run) (ended bool, err error) {
	if err := w.begin(ctx, run); err != nil {
		return false, err
	}
	for w.run.CurrentStep != nil && err == nil {
		err = w.step(ctx, *w.run.CurrentStep)
	}
	if errors.Is(err, errLeft) || errors.Is(err, io.EOF) {
		w.linef("")
		return false, nil
	}
	if err == nil {
		w.finished()
	}
	return err == nil, err
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
	w.linef("%s", mark(Strong, w.texts.Name()))
	w.linef("%s", mark(Faint, w.say("run", fault.Params{"id": run.ID, "version": run.ProcedureVersion})))
	w.linef("%s", mark(Faint, w.say("keys", nil)))
	for _, s := range run.Steps {
		if s.State == client.StepStateCommitted || s.State == client.StepStateSkipped {
			w.linef("%s %s", mark(Good, "✓"), s.Title)
		}
	}
	return nil
}

// readDefinition reads a document that the service has accepted.
func readDefinition(document []byte, locale i18n.Locale, language condition.Language) (*procedure.Definition, procedure.Reading, error) {
	node, err := jsondoc.Parse(document)
	if err != nil {
		return nil, procedure.Reading{}, err
	}
	doc, issues := procedure.Read(node, language)
	if len(issues) > 0 {
		return nil, procedure.Reading{}, fmt.Errorf("the server's definition is not understood: %s %s", issues[0].Field, locale.Issue(issues[0]))
	}
	return doc.Definition, doc.In(locale.Wanted()), nil
}

// finished says how the run ended.
func (w *Walker) finished() {
	w.linef("")
	sign := mark(Good, "✓")
	if w.run.State == client.RunStateFailed {
		sign = mark(Bad, "✗")
	}
	w.linef("%s %s", sign, w.say("ended", fault.Params{"state": string(w.run.State), "seq": w.run.Seq}))
}

// say words a text of the terminal.
func (w *Walker) say(id string, params fault.Params) string {
	return w.Locale.Text("terminal."+id, params)
}

func (w *Walker) linef(format string, args ...any) { fmt.Fprintf(w.Console, format+"\n", args...) }

// problem shows a refusal, its issues aside.
func (w *Walker) problem(r *ProblemError) {
	w.linef("%s %s. %s", mark(Bad, "✗"), r.Title, r.Detail)
}

// took takes over a run that a command answered with. A conflict, such as somebody else's commit, is shown, and the
// run read anew: that is no error.
func (w *Walker) took(ctx context.Context, run *Run, err error) error {
	var r *ProblemError
	if errors.As(err, &r) && (r.Status == http.StatusConflict || r.Status == http.StatusPreconditionFailed) {
		w.problem(r)
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

// bar draws how far a run has come.
func bar(done, total int) string {
	const width = 20
	if total == 0 {
		return ""
	}
	full := width * done / total
	return strings.Repeat("█", full) + strings.Repeat("░", width-full)
}
