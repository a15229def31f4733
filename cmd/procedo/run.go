package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"time"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/adapters/terminal"
	"github.com/procedo/procedo/adapters/yaml"
	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/core/fault"
)

type runCmd struct {
	database
	Server    string `help:"Walk on a running server instead of a database." placeholder:"URL"`
	Actor     string `help:"Who walks, for the audit trail; the login name when left out." placeholder:"NAME"`
	Procedure string `arg:"" optional:"" help:"Id of the procedure to start a run of."`
	Version   int    `help:"Which version; the latest when left out." env:"-" placeholder:"N"`
	UserID    string `name:"user" help:"Who the run is for; the actor when left out." env:"-" placeholder:"NAME"`
	Reference string `help:"Your own number or name for the run." env:"-" placeholder:"TEXT"`
	Resume    string `help:"Go on with this run instead of starting one." env:"-" placeholder:"RUN"`
	Answers   string `help:"Answers instead of questions: a JSON or YAML list of {step, slots, checklist}; - is standard input, the default where that is no terminal." env:"-" placeholder:"FILE"`
}

// Run walks a run with the person at the terminal, or gives it the answers of a script.
func (c runCmd) Run(ctx context.Context, m *Main) error {
	if (c.Procedure == "") == (c.Resume == "") {
		return errors.New("say which procedure to start, or which run to --resume")
	}
	api, done, err := c.api(ctx)
	if err != nil {
		return err
	}
	defer done()
	var answers []terminal.Answer
	scripted := c.Answers != "" || !terminal.IsTerminal(os.Stdin) || !terminal.IsTerminal(os.Stdout)
	if scripted { // read before anything is started
		if answers, err = readScript(ctx, c.Answers); err != nil {
			return err
		}
	}
	run, err := c.begin(ctx, api)
	if err != nil {
		return err
	}
	if scripted {
		return m.play(ctx, api, run, answers)
	}
	return c.walk(ctx, m, api, run)
}

// api is the server asked for, or the database as if it were one.
func (c runCmd) api(ctx context.Context) (api remote, done func(), err error) {
	actor := c.Actor
	if actor == "" {
		if u, err := user.Current(); err == nil {
			actor = u.Username
		}
	}
	if c.Server != "" {
		api, err = newRemote(c.Server, actor)
		return api, func() {}, err
	}
	w, err := c.open(ctx, false)
	if err != nil {
		return api, nil, err
	}
	api, err = w.inProcess(actor)
	return api, func() { w.close() }, err
}

func (c runCmd) begin(ctx context.Context, api remote) (*terminal.Run, error) {
	if c.Resume != "" {
		return api.Run(ctx, c.Resume)
	}
	start := client.RunStart{ProcedureID: c.Procedure}
	if c.Version != 0 {
		start.ProcedureVersion = &c.Version
	}
	if c.UserID != "" {
		start.UserID = &c.UserID
	}
	if c.Reference != "" {
		start.Reference = &c.Reference
	}
	return api.Start(ctx, start)
}

// readScript reads answers from a file, or standard input.
func readScript(ctx context.Context, file string) ([]terminal.Answer, error) {
	data, err := readAnswers(ctx, file)
	if err != nil {
		return nil, err
	}
	return terminal.ReadAnswers(data)
}

// readAnswers reads a file of answers, or standard input: JSON, or else YAML.
func readAnswers(ctx context.Context, file string) ([]byte, error) {
	data, err := os.ReadFile(file)
	if file == "" || file == "-" {
		data, err = readInput(ctx)
	}
	if err != nil || json.Valid(data) {
		return data, err
	}
	asJSON, err := yaml.ToJSON(data)
	if err != nil {
		return nil, fmt.Errorf("answers: %w", err)
	}
	return asJSON, nil
}

// readInput reads standard input to its end, or until the program is told to stop.
func readInput(ctx context.Context) (data []byte, err error) {
	read := make(chan struct{})
	go func() {
		data, err = io.ReadAll(os.Stdin)
		close(read)
	}()
	select {
	case <-read:
		return data, err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// play gives a script's answers and says where the run then stands.
func (m *Main) play(ctx context.Context, api remote, run *terminal.Run, answers []terminal.Answer) error {
	run, err := terminal.Play(ctx, api, m.Stdout, run, answers)
	fmt.Fprintln(m.Stdout, runLine(run))
	return err
}

// runLine says where a run stands, and how to go on with it.
func runLine(run *terminal.Run) string {
	locale := terminalLocale()
	if run.CurrentStep == nil {
		return locale.Text("terminal.stands", fault.Params{"id": run.ID, "state": string(run.State)})
	}
	return locale.Text("terminal.resume", fault.Params{"id": run.ID, "step": *run.CurrentStep})
}

// walk hands the terminal over to the walk, and takes it back however that ends.
func (c runCmd) walk(ctx context.Context, m *Main, api remote, run *terminal.Run) error {
	console, restore, err := terminal.Open(os.Stdin, os.Stdout)
	if err != nil {
		return err
	}
	// A read cannot be interrupted. What was answered is saved: the terminal is given back, and the program ends.
	stop := context.AfterFunc(ctx, func() {
		_ = restore()
		os.Exit(interrupted)
	})
	defer stop()
	walker := terminal.Walker{API: api, Console: console, Locale: terminalLocale(), Now: time.Now, Language: cel.Language{}}
	_, err = walker.Walk(ctx, run)
	err = errors.Join(err, restore())
	if now, failed := api.Run(ctx, run.ID); failed == nil {
		run = now
	}
	fmt.Fprintln(m.Stdout, runLine(run))
	return err
}

// interrupted is the exit status of a program that a signal ended, as shells have it.
const interrupted = 130
