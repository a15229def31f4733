// Package witness_test lets a real witness, transparency-dev/witness, cosign the checkpoints of the real program.
package witness_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/transparency-dev/formats/log"
	fnote "github.com/transparency-dev/formats/note"
	"github.com/transparency-dev/witness/persistence/inmemory"
	"github.com/transparency-dev/witness/witness"
	"golang.org/x/mod/sumdb/note"
)

const origin = "example.com/test"

// limit is the time after which the whole test has failed.
const limit = 3 * time.Minute

// program is the built program, with a directory of its own for databases and keys.
type program struct {
	t           *testing.T
	ctx         context.Context
	binary, dir string
	key         string // public key that signs checkpoints
}

func build(t *testing.T) *program {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	t.Cleanup(cancel)
	p := &program{t: t, ctx: ctx, dir: t.TempDir()}
	p.binary = filepath.Join(p.dir, "procedo")
	command := exec.CommandContext(ctx, "go", "build", "-o", p.binary, "./cmd/procedo")
	command.Dir = filepath.Join("..", "..")
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	p.key = strings.TrimSpace(p.run("audit", "keygen", "--name", "procedo.test", "-o", p.file("key")))
	procedure := "name: P\nid: p\nsteps: [{key: s, title: S, slots: [{name: a, type: string}]}]\n"
	p.write("p.yaml", procedure)
	p.write("answers.json", `[{"step": "s", "slots": {"a": "x"}}]`)
	return p
}

// load makes a new database with the procedure.
func (p *program) load(database string) {
	p.t.Helper()
	p.run("load", "--database-url", p.database(database), p.file("p.yaml"))
}

func (p *program) file(name string) string { return filepath.Join(p.dir, name) }

func (p *program) database(name string) string { return "sqlite:" + p.file(name+".db") }

func (p *program) write(name, text string) {
	p.t.Helper()
	if err := os.WriteFile(p.file(name), []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

// start runs the program. It returns the standard output, all other output and the exit status.
func (p *program) start(args ...string) (stdout, stderr string, status int) {
	p.t.Helper()
	command := exec.CommandContext(p.ctx, p.binary, args...)
	var out, diagnostics bytes.Buffer
	command.Stdout, command.Stderr = &out, &diagnostics
	command.Env = append(os.Environ(), "LC_ALL=C")
	err := command.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		p.t.Fatal(err)
	}
	return out.String(), diagnostics.String(), command.ProcessState.ExitCode()
}

// run runs the program, which must succeed, and returns its output.
func (p *program) run(args ...string) string {
	p.t.Helper()
	stdout, stderr, status := p.start(args...)
	if status != 0 {
		p.t.Fatalf("procedo %s: status %d\n%s%s", strings.Join(args, " "), status, stdout, stderr)
	}
	return stdout
}

// walk executes a run from its start to its end.
func (p *program) walk(database string) {
	p.t.Helper()
	p.run("run", "--database-url", p.database(database), "--answers", p.file("answers.json"), "p")
}

// checkpoint returns the arguments that make a checkpoint.
func (p *program) checkpoint(database string, more ...string) []string {
	return append([]string{
		"audit", "checkpoint", "--database-url", p.database(database), "--audit-key-file", p.file("key"),
		"--audit-origin", origin,
	}, more...)
}

// cosigned returns the arguments that make a checkpoint and let the witness cosign it.
func (p *program) cosigned(database string, w *server) []string {
	return p.checkpoint(database, "--witness", w.url, "--witness-key", w.key)
}

// backup copies a database with the program.
func (p *program) backup(from, to string) {
	p.t.Helper()
	p.run("backup", "--database-url", p.database(from), p.file(to+".db"))
}

// server is a witness that listens.
type server struct {
	url, key string
	verifier note.Verifier
}

// serve starts a witness that knows one log. It begins without a checkpoint.
func serve(t *testing.T, logKey string) *server {
	t.Helper()
	skey, vkey, err := note.GenerateKey(nil, "witness.example")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := fnote.NewSignerForCosignatureV1(skey)
	if err != nil {
		t.Fatal(err)
	}
	s := &server{}
	if s.key, err = fnote.VKeyToCosignatureV1(vkey); err != nil {
		t.Fatal(err)
	}
	if s.verifier, err = fnote.NewVerifierForCosignatureV1(s.key); err != nil {
		t.Fatal(err)
	}
	logVerifier := verifier(t, logKey)
	w, err := witness.New(t.Context(), witness.Opts{
		Persistence: inmemory.New(), Signers: []note.Signer{signer},
		VerifierForLog: func(_ context.Context, asked string) (note.Verifier, bool, error) {
			return logVerifier, asked == origin, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /prefix/add-checkpoint", witness.NewHTTPHandler(w).AddCheckpoint)
	listening := httptest.NewServer(mux) // on 127.0.0.1
	t.Cleanup(listening.Close)
	s.url = listening.URL + "/prefix/"
	return s
}

func verifier(t *testing.T, key string) note.Verifier {
	t.Helper()
	v, err := note.NewVerifier(key)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// requireCosigned parses the last note of an output with the log's key and that of the witness. It returns its size.
func requireCosigned(t *testing.T, output, logKey string, w *server) uint64 {
	t.Helper()
	notes := strings.Split(strings.TrimSuffix(output, "\n\n"), "\n\n"+origin+"\n")
	last := notes[len(notes)-1] + "\n"
	if len(notes) > 1 {
		last = origin + "\n" + last
	}
	checkpoint, rest, parsed, err := log.ParseCheckpoint([]byte(last), origin, verifier(t, logKey), w.verifier)
	if err != nil {
		t.Fatalf("%v\n%s", err, last)
	}
	if len(rest) != 0 || len(parsed.Sigs) != 2 || len(parsed.UnverifiedSigs) != 0 {
		t.Fatalf("it is not signed by the log and the witness alone: %d and %d signatures\n%s",
			len(parsed.Sigs), len(parsed.UnverifiedSigs), last)
	}
	for _, s := range parsed.Sigs {
		if s.Name != "witness.example" {
			continue
		}
		at, err := fnote.CoSigV1Timestamp(s)
		if age := time.Since(at); err != nil || age < -time.Minute || age > limit {
			t.Fatalf("the witness signed at %v: %v", at, err)
		}
	}
	return checkpoint.Size
}

func TestARealWitness(t *testing.T) {
	p := build(t)
	t.Run("cosigns growth and refuses forks", func(t *testing.T) { testGrowthAndForks(t, p) })
	t.Run("refuses strangers", func(t *testing.T) { testStrangers(t, p) })
}

func testGrowthAndForks(t *testing.T, p *program) {
	p.load("first")
	w := serve(t, p.key)
	size := uint64(0)
	for i := range 5 {
		for range i + 1 {
			p.walk("first")
		}
		if i == 3 { // a checkpoint that the witness does not see: it is asked from the size that it knows
			p.run(p.checkpoint("first")...)
			p.walk("first")
		}
		grown := requireCosigned(t, p.run(p.cosigned("first", w)...), p.key, w)
		if grown <= size {
			t.Fatalf("checkpoint %d has %d leaves, the one before it had %d", i+1, grown, size)
		}
		size = grown
	}
	out, diagnostics, status := p.start(p.cosigned("first", w)...)
	if status != 0 || out != "" || !strings.Contains(diagnostics, "nothing has changed") {
		t.Fatalf("a cosigned checkpoint is not cosigned again: status %d\n%s%s", status, out, diagnostics)
	}

	p.backup("first", "older")
	p.walk("first")
	p.backup("first", "forked") // with a run that no checkpoint covers yet
	p.walk("forked")
	requireCosigned(t, p.run(p.cosigned("first", w)...), p.key, w)

	verified := p.run("audit", "verify", "--database-url", p.database("first"), "--key", p.key, "--witness-key", w.key)
	if !strings.Contains(verified, "was cosigned by witness.example on ") || !strings.Contains(verified, "0 findings") {
		t.Fatal(verified)
	}

	for _, c := range []struct {
		name     string
		database string
		prepare  func()
	}{
		{"a copy that goes on as well", "forked", func() {}},
		{"a restored older copy", "older", func() { p.walk("older") }},
		{"a copy that has grown beyond", "older", func() {
			for range 12 {
				p.walk("older")
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.prepare()
			requireFork(t, p, c.database, w)
		})
	}
}

// requireFork makes a checkpoint of a fork. The witness must refuse it, and the command must say so.
func requireFork(t *testing.T, p *program, database string, w *server) {
	t.Helper()
	out, diagnostics, status := p.start(p.cosigned(database, w)...)
	if status != 1 || !strings.Contains(diagnostics, "has cosigned another history than this one") {
		t.Fatalf("status %d\n%s%s", status, out, diagnostics)
	}
	if strings.Contains(out, "witness.example") {
		t.Fatalf("the fork is cosigned:\n%s", out)
	}
	verified, _, status := p.start("audit", "verify", "--database-url", p.database(database), "--witness-key", w.key)
	if status != 0 || !strings.Contains(verified, " later checkpoint") {
		t.Fatalf("status %d\n%s", status, verified)
	}
}

func testStrangers(t *testing.T, p *program) {
	p.load("second")
	p.walk("second")
	_, strange, err := note.GenerateKey(nil, "procedo.test")
	if err != nil {
		t.Fatal(err)
	}
	w, other := serve(t, p.key), serve(t, strange)
	_, diagnostics, status := p.start(p.cosigned("second", other)...)
	if status != 1 || !strings.Contains(diagnostics, "the witness "+strings.TrimSuffix(other.url, "/")+": it answers") {
		t.Fatalf("a witness that knows another key of the log: status %d\n%s", status, diagnostics)
	}
	_, diagnostics, status = p.start(p.checkpoint("second", "--witness", w.url, "--witness-key", other.key)...)
	if status != 1 || !strings.Contains(diagnostics, "none of its signatures is valid and from a given key") {
		t.Fatalf("the key of another witness: status %d\n%s", status, diagnostics)
	}
	requireCosigned(t, p.run(p.cosigned("second", w)...), p.key, w)
}
