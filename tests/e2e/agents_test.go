package e2e

import (
	"errors"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/api/client"
	apiclient "github.com/procedo/procedo/api/procedo"
)

// A program with a token for agents prepares a step, and a person commits it. The trail of both verifies.
func TestAProgramPreparesAStepThatAPersonCommits(t *testing.T) {
	for name, database := range databases(t) {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			token := func(name string, flags ...string) (secret, entry string) {
				out, stderr, status := procedo(t, dir, append([]string{"token", name}, flags...)...)
				require.Zero(t, status, stderr)
				secret, entry, _ = strings.Cut(out, "\n")
				return strings.TrimSpace(secret), entry
			}
			bot, botEntry := token("bot", "--roles", "operator", "--agent")
			person, personEntry := token("desk", "--roles", "operator,author,auditor")
			tokens := write(t, dir, "tokens.json", "["+botEntry+","+personEntry+"]")
			server := serve(t, dir, append([]string{"--migrate", "--tokens", tokens, "--secrets-in-clear"}, database...)...)
			_, stderr, status := procedo(t, dir, "load", "--server", server.url, "--token-file", write(t, dir, "desk", person),
				write(t, dir, "left.yaml", `
id: left
name: Left
steps:
  - {key: s, title: S, agents: draft, slots: [{name: note, type: string}]}
  - {key: t, title: T, agents: none}
`))
			require.Zero(t, status, stderr)
			run, err := server.as(bot).Start(t.Context(), client.RunStart{ProcedureID: "left"})
			require.NoError(t, err)
			_, err = server.as(bot).Draft(t.Context(), run.ID, "s", client.StepDraft{Slots: client.ValuesInput{"note": []byte(`"x"`)}})
			require.NoError(t, err)
			_, err = server.as(bot).Commit(t.Context(), run.ID, "s", "", client.StepCommit{})
			var problem *apiclient.Problem
			require.True(t, errors.As(err, &problem), "%v", err)
			require.Equal(t, 403, problem.Status)
			require.True(t, apiclient.HasCode(err, "step.agent"))
			for _, step := range []string{"s", "t"} {
				_, err = server.as(person).Commit(t.Context(), run.ID, step, "", client.StepCommit{})
				require.NoError(t, err)
			}
			bundle := write(t, dir, "bundle.json", string(server.get("/runs/"+run.ID+"/bundle", person)))
			_, stderr, status = procedo(t, dir, "audit", "verify", "--rules", bundle)
			require.Zero(t, status, stderr)
			out, status := verifyIndependently(t, bundle)
			require.Zero(t, status, out)
			require.Zero(t, server.signal(syscall.SIGTERM))
			_, stderr, status = procedo(t, dir, append([]string{"audit", "verify", "--rules"}, database...)...)
			require.Zero(t, status, stderr)
		})
	}
}
