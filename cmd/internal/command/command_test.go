package command_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/procedo/procedo/cmd/internal/command"
)

// level is a type that reads texts itself.
type level string

func (l *level) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		return errors.New("a level is not empty")
	}
	*l = level(strings.ToUpper(string(text)))
	return nil
}

type shared struct {
	DatabaseURL string `default:"sqlite:x.db" help:"Database."`
}

type tree struct {
	Serve struct {
		shared
		Listen   []string      `sep:" " help:"Address; repeatable." placeholder:"ADDRESS"`
		Limit    int           `default:"10" help:"Limit."`
		Every    time.Duration `default:"1h" env:"EVERY" help:"Time."`
		Docs     bool          `default:"true" negatable:"" help:"Docs; on by default."`
		Demo     bool          `help:"Demo."`
		Level    level         `default:"info" help:"Level."`
		Log      string        `default:"text" enum:"text,json" help:"Form: ${enum}."`
		Key      string        `type:"existingfile" help:"Key." placeholder:"FILE"`
		Internal string        `env:"-" help:"No variable."`
		Add      bool          `xor:"part" help:"Add."`
		Drop     bool          `xor:"part" help:"Drop."`
	} `cmd:"" help:"Serve."`
	Audit struct {
		Erase struct {
			RunID  string   `name:"run" required:"" short:"r" help:"Run." placeholder:"ID"`
			Reason string   `required:"" help:"Reason."`
			Place  []string `sep:"none" help:"Place."`
		} `cmd:"" help:"Erase."`
		Verify struct {
			Files []string `arg:"" optional:"" help:"Files."`
		} `cmd:"" help:"Verify."`
	} `cmd:"" help:"Audit."`
	Copy struct {
		From string `arg:"" help:"From."`
		To   string `arg:"" default:"copy.db" help:"To."`
	} `cmd:"" help:"Copy."`
}

// run parses a command line. It returns what it sets, the path of the selected command, what was printed, and the
// error.
func run(arguments ...string) (t tree, selected, printed string, err error) {
	var out bytes.Buffer
	p := command.New("tool", "A tool.", "TOOL", &t)
	p.Out, p.Err = &out, io.Discard
	p.Execute = func(_ context.Context, c *command.Command) error {
		selected = c.Path()
		return nil
	}
	err = p.Run(context.Background(), arguments)
	return t, selected, out.String(), err
}

func TestFlagsComeFromTheCommandLineThenVariablesThenDefaults(t *testing.T) {
	got, selected, _, err := run("serve")
	require.NoError(t, err)
	require.Equal(t, "tool serve", selected)
	s := got.Serve
	require.Equal(t, "sqlite:x.db", s.DatabaseURL)
	require.Equal(t, 10, s.Limit)
	require.Equal(t, time.Hour, s.Every)
	require.True(t, s.Docs)
	require.Equal(t, level("INFO"), s.Level)
	require.Empty(t, s.Listen)

	t.Setenv("TOOL_LIMIT", "11")
	t.Setenv("TOOL_LISTEN", "a b")
	t.Setenv("TOOL_INTERNAL", "ignored")
	t.Setenv("TOOL_DOCS", "no")
	t.Setenv("TOOL_DATABASE_URL", "")
	t.Setenv("EVERY", "2m")
	got, _, _, err = run("serve")
	require.NoError(t, err)
	s = got.Serve
	require.Equal(t, 11, s.Limit)
	require.Equal(t, []string{"a", "b"}, s.Listen)
	require.Empty(t, s.Internal)
	require.False(t, s.Docs)
	require.Empty(t, s.DatabaseURL, "an empty variable is given")
	require.Equal(t, 2*time.Minute, s.Every)

	got, _, _, err = run("serve", "--limit=12", "--listen", "c", "--listen=d e", "--docs", "--every", "3s", "--level=w")
	require.NoError(t, err)
	s = got.Serve
	require.Equal(t, 12, s.Limit)
	require.Equal(t, []string{"c", "d", "e"}, s.Listen, "what the variable says is replaced, not added to")
	require.True(t, s.Docs)
	require.Equal(t, 3*time.Second, s.Every)
	require.Equal(t, level("W"), s.Level)
}

func TestSwitches(t *testing.T) {
	for arguments, want := range map[string][2]bool{
		"": {true, false}, "--demo": {true, true}, "--demo=false": {true, false}, "--no-docs": {false, false},
		"--no-docs=false": {true, false}, "--docs=no --demo=YES": {false, true}, "--no-docs --docs": {true, false},
	} {
		got, _, _, err := run(append([]string{"serve"}, strings.Fields(arguments)...)...)
		require.NoError(t, err, arguments)
		require.Equal(t, want, [2]bool{got.Serve.Docs, got.Serve.Demo}, arguments)
	}
}

func TestAListThatIsGivenReplacesItsDefault(t *testing.T) {
	for arguments, want := range map[string][2][]string{
		"":                    {{"a", "b"}, {"c"}},
		"--kind=x --kind y z": {{"x", "y"}, {"z"}},
	} {
		var tree struct {
			Kind  []string `default:"a,b"`
			Files []string `arg:"" default:"c"`
		}
		p := command.New("tool", "", "", &tree)
		p.Execute = func(context.Context, *command.Command) error { return nil }
		require.NoError(t, p.Run(t.Context(), strings.Fields(arguments)))
		require.Equal(t, want, [2][]string{tree.Kind, tree.Files})
	}
}

func TestArgumentsAreTakenInOrder(t *testing.T) {
	got, _, _, err := run("copy", "a")
	require.NoError(t, err)
	require.Equal(t, [2]string{"a", "copy.db"}, [2]string{got.Copy.From, got.Copy.To})
	got, _, _, err = run("copy", "a", "--", "--b")
	require.NoError(t, err)
	require.Equal(t, [2]string{"a", "--b"}, [2]string{got.Copy.From, got.Copy.To})
	got, selected, _, err := run("audit", "verify", "a,b", "c")
	require.NoError(t, err)
	require.Equal(t, "tool audit verify", selected)
	require.Equal(t, []string{"a,b", "c"}, got.Audit.Verify.Files, "an argument is never split")
	got, _, _, err = run("audit", "erase", "-r", "1", "--reason=because", "--place", "a,b", "--place=")
	require.NoError(t, err)
	require.Equal(t, []string{"a,b", ""}, got.Audit.Erase.Place)
}

func TestAnExistingFileBecomesAbsolute(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("key", nil, 0o600))
	want, err := filepath.Abs("key")
	require.NoError(t, err)
	for given, want := range map[string]string{"key": want, want: want, "-": "-"} {
		got, _, _, err := run("serve", "--key", given)
		require.NoError(t, err)
		require.Equal(t, want, got.Serve.Key)
	}
}

func TestWhatIsWrongIsSaid(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("TOOL_LEVEL", "")
	for arguments, want := range map[string]command.Error{
		"":                                  {Code: command.Missing, Given: "serve, audit, copy"},
		"audit":                             {Code: command.Missing, Given: "erase, verify"},
		"serv":                              {Code: command.UnknownArgument, Given: "serv", Others: []string{"serve"}},
		"audit verfy":                       {Code: command.UnknownArgument, Given: "verfy", Others: []string{"verify"}},
		"copy a b c":                        {Code: command.UnknownArgument, Given: "c"},
		"copy":                              {Code: command.Missing, Given: "<from>"},
		"copy a --what":                     {Code: command.UnknownFlag, Given: "--what"},
		"copy a -wx":                        {Code: command.UnknownFlag, Given: "-wx"},
		"serve --limti=1":                   {Code: command.UnknownFlag, Given: "--limti", Others: []string{"--limit"}},
		"serve --limit":                     {Code: command.NoValue, Given: "--limit"},
		"serve --limit=x":                   {Code: command.NotNumber, Given: "--limit"},
		"serve --limit=9223372036854775808": {Code: command.NotNumber, Given: "--limit"},
		"serve --every=1":                   {Code: command.NotDuration, Given: "--every"},
		"serve --demo=maybe":                {Code: command.NotSwitch, Given: "--demo"},
		"serve --no-docs=maybe":             {Code: command.NotSwitch, Given: "--no-docs"},
		"serve --help=maybe":                {Code: command.NotSwitch, Given: "--help"},
		"serve --internal=\xff":             {Code: command.NotUTF8, Given: "--internal"},
		"audit erase --reason -r x":         {Code: command.NoValue, Given: "--reason"},
		"audit erase -r -- x":               {Code: command.NoValue, Given: "--run"},
		"serve --demo --listen --docs":      {Code: command.NoValue, Given: "--listen"},
		"serve --key=":                      {Code: command.NoValue, Given: "--key"},
		"--listen x serve":                  {Code: command.UnknownFlag, Given: "--listen"},
		"--demo serve":                      {Code: command.UnknownFlag, Given: "--demo"},
		"--hepl":                            {Code: command.UnknownFlag, Given: "--hepl", Others: []string{"--help"}},
		"-- serve":                          {Code: command.UnknownArgument, Given: "serve"},
		"srve -h":                           {Code: command.UnknownArgument, Given: "srve", Others: []string{"serve"}},
		"help audit vrify":                  {Code: command.UnknownArgument, Given: "vrify", Others: []string{"verify"}},
		"serve --log=xml --level=x":         {Code: command.NotOneOf, Given: "--log", Others: []string{"text", "json"}},
		"serve --key=none":                  {Code: command.NoFile, Given: "--key", Path: "none"},
		"serve --key=.":                     {Code: command.Folder, Given: "--key", Path: "."},
		"serve --add --drop --level=x":      {Code: command.Exclusive, Given: "--drop", Others: []string{"--add"}},
		"serve":                             {Code: command.NotValid, Given: "TOOL_LEVEL"},
		"audit erase":                       {Code: command.Missing, Given: "--reason=REASON, --run=ID"},
		"audit erase --reason= --place=x":   {Code: command.Missing, Given: "--run=ID"},
	} {
		_, selected, _, err := run(strings.Fields(arguments)...)
		var got *command.Error
		require.ErrorAs(t, err, &got, arguments)
		require.Empty(t, selected, "nothing runs: %s", arguments)
		got.Cause = nil
		if len(got.Others) == 0 {
			got.Others = nil
		}
		require.Equal(t, want, *got, arguments)
	}
}

func TestADeclarationThatCannotWorkIsABug(t *testing.T) {
	for name, tree := range map[string]any{
		"a type": &struct{ Ratio float64 }{},
		"a default": &struct {
			Limit int `default:"x"`
		}{},
		"a value": &struct {
			Log string `default:"xml" enum:"text,json"`
		}{},
		"an argument": &struct {
			Limit int `arg:"" default:"x"`
		}{},
	} {
		t.Run(name, func(t *testing.T) { require.Panics(t, func() { command.New("tool", "", "", tree) }) })
	}
}

func TestAValueMayBeginWithAHyphen(t *testing.T) {
	got, _, _, err := run("serve", "--limit", "-1", "--internal=--demo")
	require.NoError(t, err)
	require.Equal(t, -1, got.Serve.Limit)
	require.Equal(t, "--demo", got.Serve.Internal)
	got, _, _, err = run("audit", "erase", "--run", "-", "--reason", "-5 degrees")
	require.NoError(t, err)
	require.Equal(t, "-", got.Audit.Erase.RunID)
	require.Equal(t, "-5 degrees", got.Audit.Erase.Reason)
}

func TestTheErrorOfACommandIsReturned(t *testing.T) {
	var none struct{}
	failure := errors.New("failed")
	p := command.New("tool", "A tool.", "", &none)
	p.Execute = func(context.Context, *command.Command) error { return failure }
	require.Same(t, failure, p.Run(t.Context(), nil))
}

func TestTheHelpShowsHowACommandIsUsed(t *testing.T) {
	_, selected, help, err := run("serve", "--help", "--limit=3")
	require.NoError(t, err)
	require.Empty(t, selected)
	require.Equal(t, `Usage: tool serve [flags]

Serve.

Flags:
  -h, --help                  Show context-sensitive help.
      --database-url="sqlite:x.db"
                              Database ($TOOL_DATABASE_URL).
      --listen=ADDRESS ...    Address; repeatable ($TOOL_LISTEN).
      --limit=10              Limit ($TOOL_LIMIT).
      --every=1h              Time ($EVERY).
      --[no-]docs             Docs; on by default ($TOOL_DOCS).
      --demo                  Demo ($TOOL_DEMO).
      --level="info"          Level ($TOOL_LEVEL).
      --log="text"            Form: text, json ($TOOL_LOG).
      --key=FILE              Key ($TOOL_KEY).
      --internal=INTERNAL     No variable.
      --add                   Add ($TOOL_ADD).
      --drop                  Drop ($TOOL_DROP).
`, help)
	_, _, help, err = run("audit", "-h")
	require.NoError(t, err)
	require.Contains(t, help, "Usage: tool audit <command>\n")
	require.Contains(t, help, "  erase     Erase.\n")
	_, _, help, err = run("audit", "erase", "--help")
	require.NoError(t, err)
	require.Contains(t, help, "Usage: tool audit erase --run=ID --reason=REASON [flags]\n")
	require.Contains(t, help, "  -r, --run=ID")
	_, _, again, err := run("help", "audit", "erase")
	require.NoError(t, err)
	require.Equal(t, help, again)
	_, _, help, err = run("copy", "--help")
	require.NoError(t, err)
	require.Contains(t, help, "Usage: tool copy <from> [<to>]\n")
}

func TestAHelpThatCannotBeWrittenIsAnError(t *testing.T) {
	var none struct{}
	p := command.New("tool", "A tool.", "", &none)
	full, writer := io.Pipe()
	require.NoError(t, full.Close())
	p.Out = writer
	require.ErrorIs(t, p.Run(t.Context(), []string{"--help"}), io.ErrClosedPipe)
}

// TestBashCompletesWithoutEvaluatingTheLine presses Tab as bash does, with words that would run something if the script
// evaluated them.
func TestBashCompletesWithoutEvaluatingTheLine(t *testing.T) {
	bash, err := exec.LookPath("bash")
	require.NoError(t, err)
	folder := t.TempDir()
	t.Chdir(folder)
	program := filepath.Join(folder, "tool")
	require.NoError(t, os.WriteFile(program, []byte("#!/bin/sh\n"+
		`printf '%s|' "$@" >asked; printf 'serve\tServe.\nserver\njson\ntext\n:4\n'`+"\n"), 0o700))
	var script bytes.Buffer
	require.NoError(t, command.New("tool", "", "", &tree{}).Complete("bash", &script))
	for _, c := range []struct{ line, asked, replies string }{
		{"tool ser", "__complete|ser|", "serve server"},
		{"tool show $(touch pwned) s", "__complete|show|$(touch pwned)|s|", "serve server"},
		{"tool ;touch pwned s", "__complete|;touch|pwned|s|", "serve server"},
		{"tool serve --log = j", "__complete|serve|--log=j|", "json"},
		{"tool serve --log =", "__complete|serve|--log=|", "serve server json text"},
	} {
		words := strings.Fields(c.line)
		if strings.Contains(c.line, "$(") {
			words = []string{"tool", "show", "$(touch pwned)", "s"}
		}
		quotedWords := ""
		for _, w := range words {
			quotedWords += " '" + w + "'"
		}
		cmd := exec.CommandContext(t.Context(), bash, "--norc", "-c", script.String()+
			"COMP_WORDS=("+quotedWords+" ); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _tool; echo ${COMPREPLY[*]}")
		cmd.Env = []string{"PATH=" + folder + ":" + os.Getenv("PATH")}
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
		require.Equal(t, c.replies+"\n", string(out), c.line)
		asked, err := os.ReadFile("asked")
		require.NoError(t, err)
		require.Equal(t, c.asked, string(asked), c.line)
		require.NoFileExists(t, "pwned")
	}
}

func TestShellsCompleteCommandsFlagsAndValues(t *testing.T) {
	for arguments, want := range map[string]string{
		"au": "audit\tAudit.", "serve --lim": "--limit\tLimit.", "serve --log ": "json", "audit ver": "verify\tVerify.",
	} {
		args := append([]string{"__complete"}, strings.Split(arguments, " ")...)
		_, _, out, err := run(args...)
		require.NoError(t, err)
		require.Contains(t, out, want, arguments)
	}
}

func TestAListOfTextsSurvivesItsSeparator(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(rapid.StringMatching(`[a-z =,]{1,4}`), 1, 4).Draw(t, "values")
		var tree struct {
			List []string
		}
		p := command.New("tool", "", "", &tree)
		p.Execute = func(context.Context, *command.Command) error { return nil }
		escaped := make([]string, len(want))
		for i, text := range want {
			escaped[i] = strings.ReplaceAll(text, ",", `\,`)
		}
		require.NoError(t, p.Run(context.Background(), []string{"--list", strings.Join(escaped, ",")}))
		require.Equal(t, want, tree.List)
	})
}
