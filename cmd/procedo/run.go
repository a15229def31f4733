package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/adapters/terminal"
	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/core/fault"
)

type runCmd struct {
	database
	secretsFlag
	Server string `help:"Use this server instead of a database." placeholder:"URL"`
	tokenFlag
	Actor     actor  `help:"Actor named in the audit trail; the login name by default." placeholder:"NAME"`
	Procedure string `arg:"" optional:"" help:"Id of the procedure; a run of it is started."`
	Version   int    `help:"Version of the procedure; the latest by default." env:"-" placeholder:"N"`
	UserID    string `name:"user" help:"User of the run; the actor by default." env:"-" placeholder:"NAME"`
	Reference string `help:"Your own reference for the run, such as a ticket number." env:"-" placeholder:"TEXT"`
	Resume    string `help:"Continue this run instead of starting one." env:"-" placeholder:"RUN"`
	Answers   string `help:"File with the answers to send; - is standard input." env:"-" placeholder:"FILE"`
}

// Help is shown by --help below the summary.
func (runCmd) Help() string {
	return "A file with answers is a JSON or YAML list of {step, slots, checklist, skip}; skip is the reason to skip " +
		"the step, and without step the answer is for the open step. " +
		"Without a terminal, the answers are read from standard input. If an answer is refused, the same command, or " +
		"--resume with the same answers, continues the run after the answers that it already holds."
}

// Run executes a run with the person at the terminal, or with the answers of a script.
func (c runCmd) Run(ctx context.Context, m *Main) error {
	if c.Procedure != "" && c.Resume != "" {
		return failure("run_one", nil)
	}
	if c.Version < 0 {
		return failure("at_least", fault.Params{"flag": "--version", "given": strconv.Itoa(c.Version), "min": "1"})
	}
	api, done, err := c.api(ctx)
	if err != nil {
		return err
	}
	defer done()
	atTerminal := terminal.IsTerminal(os.Stdin) && terminal.IsTerminal(os.Stdout)
	if c.Procedure == "" && c.Resume == "" {
		chosen, choice, err := c.offer(ctx, m, api, atTerminal && c.Answers == "")
		if err != nil || !chosen {
			return err
		}
		c = choice
	}
	var answers []terminal.Answer
	scripted := c.Answers != "" || !atTerminal
	if scripted { // read the file before starting a run, so that an invalid file does not leave an unused run behind
		if answers, err = readScript(ctx, c.Answers); err != nil {
			return err
		}
	}
	if scripted {
		run, left, err := c.beginScript(ctx, m, api, answers)
		if err != nil {
			return err
		}
		return c.play(ctx, m, api, run, left)
	}
	run, err := c.begin(ctx, api)
	if err != nil {
		return err
	}
	return c.walk(ctx, m, api, run)
}

// api returns a client of the server or, without --server, of a service in this process. It also returns a function
// that closes the service.
func (c runCmd) api(ctx context.Context) (api apiClient, done func(), err error) {
	if c.Server != "" {
		if err := c.checkActor(c.Actor, ""); err != nil {
			return api, nil, err
		}
		api, err = newAPIClient(ctx, c.Server, c.tokenFlag, c.actor())
		return api, func() {}, err
	}
	if c.secrets, err = c.keyset(ctx); err != nil {
		return api, nil, err
	}
	w, err := c.open(ctx, false, wiring{})
	if err != nil {
		return api, nil, err
	}
	if api, err = w.inProcess(ctx, c.actor()); err != nil {
		return api, nil, errors.Join(fmt.Errorf("%s: %w", c.shown(), err), w.close())
	}
	return api, func() { w.close() }, nil
}

// actor returns the actor of the flag or else the login name.
func (c runCmd) actor() string { return c.Actor.orLogin() }

// user returns the user of the run to start: --user or, on a database, the actor without the mark of such commands. A
// server knows who the actor is.
func (c runCmd) user() string {
	if c.UserID == "" && c.Server == "" {
		return c.actor()
	}
	return c.UserID
}

// begin starts a run or, with --resume, reads the run to continue.
func (c runCmd) begin(ctx context.Context, api apiClient) (*terminal.Run, error) {
	if c.Resume != "" {
		return api.Run(ctx, c.Resume)
	}
	start := client.RunStart{ProcedureID: c.Procedure}
	if c.Version != 0 {
		start.ProcedureVersion = &c.Version
	}
	if user := c.user(); user != "" {
		start.UserID = &user
	}
	if c.Reference != "" {
		start.Reference = &c.Reference
	}
	return api.Start(ctx, start)
}

// readScript parses the answers in a file, or in standard input if file is "" or "-": JSON or YAML, like a definition.
func readScript(ctx context.Context, file string) (answers []terminal.Answer, err error) {
	var data []byte
	if file == "" || file == "-" {
		file = "-"
		data, err = io.ReadAll(standardInput(ctx))
	} else {
		data, err = readInput(ctx, file)
	}
	if err != nil {
		return nil, err
	}
	doc, err := parseDocument(file, data)
	if text, _, _ := doc.problem(err); text != "" {
		return nil, errors.New(doc.problemLine(file, err))
	}
	answers, err = terminal.ReadAnswers(doc.json)
	var wrong *terminal.AnswersError
	if errors.As(err, &wrong) {
		return nil, failure("answers_"+wrong.Reason, fault.Params{
			"file": file, "pointer": wrong.Pointer, "found_type": wrong.Found,
		})
	}
	return answers, err
}

// play sends the answers of a script and shows the state of the run.
func (c runCmd) play(
	ctx context.Context, m *Main, api apiClient, run *terminal.Run, answers []terminal.Answer,
) error {
	run, err := terminal.Play(ctx, api, m.Stdout, terminalLocale(), run, answers)
	m.println(terminal.StateLine(terminalLocale(), run, c.resumeCommand(run.ID)))
	return err
}

// walk executes a run with the person at the terminal, and restores the terminal afterwards.
func (c runCmd) walk(ctx context.Context, m *Main, api apiClient, run *terminal.Run) error {
	console, restore, err := terminal.Open(os.Stdin, os.Stdout)
	if err != nil {
		return err
	}
	// A read from the terminal cannot be interrupted, so a signal exits the program here. The answers are already
	// saved.
	stop := context.AfterFunc(ctx, func() {
		_ = restore()
		fmt.Fprintln(m.Stdout)
		m.println(say("continue", fault.Params{"command": c.resumeCommand(run.ID)}))
		os.Exit(interrupted)
	})
	waiting, err := api.with(waitingAt(console))
	if err != nil {
		return errors.Join(err, restore())
	}
	walker := terminal.Walker{
		API: waiting, Console: console, Locale: terminalLocale(), Now: time.Now, Language: cel.Language{},
	}
	last, err := walker.Walk(ctx, run)
	if !stop() {
		select {} // a signal is ending the program
	}
	err = errors.Join(err, restore())
	m.println(terminal.StateLine(terminalLocale(), last, c.resumeCommand(run.ID)))
	return err
}
