package e2e

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/api/client"
)

// demo is the id of the procedure that --demo loads.
const demo = "incident-paiement-instantane"

func values(t *testing.T, text string) client.Values {
	t.Helper()
	var v client.Values
	require.NoError(t, json.Unmarshal([]byte(text), &v))
	return v
}

func ticked(keys ...string) []client.Tick {
	var ticks []client.Tick
	for _, k := range keys {
		ticks = append(ticks, client.Tick{Key: k, Completed: true})
	}
	return ticks
}

// demoSteps are the inputs that complete a run of the demo procedure, step by step.
var demoSteps = []struct {
	key, slots string
	ticks      []string
}{
	{
		"alert", `{"incident_id":"INC-450123","detected_at":"2026-11-23T09:30:00+01:00","severity":"high"}`,
		[]string{"acknowledged", "on_call_informed"},
	},
	{
		"diagnosis", `{"components":["gateway"],"failed_transfers":1250,"error_rate":12.50,
			"cause":"Certificate expired","affected_iban":"FR7630006000011234567890189"}`,
		[]string{"logs_saved"},
	},
	{
		"remediation", `{"action":"restart","done_on":"2026-11-23","done_at":"10:05:00"}`,
		[]string{"second_pair_of_eyes"},
	},
	{
		"validation", `{"service_restored":true,"test_amount":0.01}`,
		[]string{"backlog_empty", "watched_30_minutes"},
	},
	{
		"closure", `{"summary":"Certificate renewed.","review_on":"2026-12-01","contact_phone":"01 23 45 67 89"}`,
		[]string{"teams_informed"},
	},
}

// demoCommit returns the body of the request that commits demoSteps[i].
func demoCommit(t *testing.T, i int) client.StepCommit {
	t.Helper()
	return client.StepCommit{Slots: values(t, demoSteps[i].slots), Checklist: ticked(demoSteps[i].ticks...)}
}

// commitDemoStep commits demoSteps[i] in a run and returns the body of the response.
func (s *server) commitDemoStep(run string, i int) (body string) {
	s.t.Helper()
	r, err := s.client().CommitStepWithResponse(s.t.Context(), run, demoSteps[i].key, nil, demoCommit(s.t, i))
	require.NoError(s.t, err)
	require.Equal(s.t, 200, r.StatusCode(), string(r.Body))
	return string(r.Body)
}

func TestTheDemoIsCompletedThroughTheGeneratedClient(t *testing.T) {
	for name, flags := range deployments(t) {
		t.Run(name, func(t *testing.T) { testDemo(t, flags) })
	}
}

func testDemo(t *testing.T, flags []string) {
	dir := t.TempDir()
	server := serve(t, dir, append([]string{"--demo"}, flags...)...)
	c, ctx := server.client(), t.Context()
	id := server.startRun(demo)
	invalid := client.StepCommit{Slots: values(t, `{"severity":"huge"}`)}
	refused, err := c.CommitStepWithResponse(ctx, id, "alert", nil, invalid, inLanguage("fr"))
	require.NoError(t, err)
	require.Equal(t, "Données invalides", refused.ApplicationProblemJSON422.Title)
	require.Len(t, refused.ApplicationProblemJSON422.Issues, 5)
	for i := range demoSteps {
		server.commitDemoStep(id, i)
	}
	metrics, err := c.GetMetricsWithResponse(ctx)
	require.NoError(t, err)
	require.Contains(t, string(metrics.Body), `procedo_commits_total{outcome="accepted"} 5`+"\n")
	require.Contains(t, string(metrics.Body), `procedo_commits_total{outcome="values.invalid"} 1`+"\n")
	got, err := c.GetRunWithResponse(ctx, id, nil, inLanguage("en-GB"))
	require.NoError(t, err)
	require.Equal(t, client.RunStateCompleted, got.JSON200.State)
	require.Equal(t, "Closure", got.JSON200.Steps[5].Title)
	require.Equal(t, []string{"affected_iban"}, got.JSON200.Steps[2].Sensitive)
	require.Equal(t, "claire", *got.JSON200.Steps[0].CommittedBy)
	require.Equal(t, client.StepStateNotApplicable, got.JSON200.Steps[1].State, "the severity is not critical")

	bundle, err := c.GetRunBundleWithResponse(ctx, id, nil)
	require.NoError(t, err)
	file := write(t, dir, "bundle.json", string(bundle.Body))
	out, _, status := procedo(t, dir, "audit", "verify", file)
	require.Equal(t, 0, status, out)
	require.Zero(t, server.signal(syscall.SIGTERM))
	out, _, status = procedo(t, dir, append([]string{"audit", "verify"}, databaseFlags(flags)...)...)
	require.Equal(t, 0, status, out)
	require.Contains(t, out, "1 procedure, 1 run, 16 events checked: 0 findings")
}

func TestExportAndVerifyTheExport(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir, "--demo")
	server.startRun(demo)
	out, stderr, status := procedo(t, dir, "audit", "export", "-o", "trail.jsonl")
	require.Zero(t, status, out+stderr)
	_, stderr, status = procedo(t, dir, "audit", "export", "-o", "trail.jsonl")
	require.Equal(t, 1, status, "an existing file is not overwritten")
	require.Contains(t, stderr, "exists")
	out, _, status = procedo(t, dir, "audit", "verify", "trail.jsonl")
	require.Zero(t, status, out)
	require.Contains(t, out, "1 procedure, 1 run, 3 events checked: 0 findings")
	text, err := os.ReadFile(dir + "/trail.jsonl")
	require.NoError(t, err)
	body := strings.NewReader(`{"procedure_id":"` + demo + `"}`)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.url+"/runs", body)
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Actor", "=1+1")
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	out, _, status = procedo(t, dir, "audit", "export", "--format", "csv")
	require.Zero(t, status)
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 1+5)
	require.Equal(t, []string{"actor", "'=1+1"}, []string{rows[0][4], rows[5][4]}, "not a formula in a spreadsheet")
	excel, _, status := procedo(t, dir, "audit", "export", "--format", "csv", "--excel")
	require.Zero(t, status)
	require.Equal(t, "\ufeff"+out, excel, "on demand, CSV begins with a byte order mark")
	french, _, status := procedoIn(t, dir, "fr_CH.UTF-8", "audit", "export", "--format", "csv", "--excel")
	require.Zero(t, status)
	require.True(t, strings.HasPrefix(french, "\ufeffentity_type;entity_id;seq;"))
	_, stderr, status = procedo(t, dir, "audit", "export", "--excel")
	require.Equal(t, 1, status)
	require.Contains(t, stderr, "--format csv")
	forged := strings.Replace(string(text), `"actor":"claire"`, `"actor":"eve"`, 1)
	out, _, status = procedo(t, dir, "audit", "verify", write(t, dir, "forged.jsonl", forged))
	require.Equal(t, 1, status)
	require.Contains(t, out, "a copied column differs")
	_, stderr, status = procedo(t, dir, "audit", "verify", write(t, dir, "cut.jsonl", string(text[:len(text)-5])))
	require.Equal(t, 1, status)
	require.Contains(t, stderr, "line 3")
}

func TestAnAcknowledgedCommitSurvivesAKill(t *testing.T) {
	for name, flags := range deployments(t) {
		t.Run(name, func(t *testing.T) { testKill(t, append([]string{"--demo"}, flags...)) })
	}
}

func testKill(t *testing.T, flags []string) {
	dir := t.TempDir()
	server := serve(t, dir, flags...)
	id := server.startRun(demo)
	committed := server.commitDemoStep(id, 0)
	server.signal(syscall.SIGKILL)

	again, err := serve(t, dir, flags...).client().GetRunWithResponse(t.Context(), id, nil)
	require.NoError(t, err)
	require.Equal(t, committed, string(again.Body))
}

func TestATamperedBundleIsDetected(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir, "--demo")
	bundle, err := server.client().GetRunBundleWithResponse(t.Context(), server.startRun(demo), nil)
	require.NoError(t, err)
	var doc map[string]any
	require.NoError(t, json.Unmarshal(bundle.Body, &doc))
	doc["events"].([]any)[0].(map[string]any)["actor"] = "somebody else"
	text, err := json.Marshal(doc)
	require.NoError(t, err)
	out, _, status := procedo(t, dir, "audit", "verify", write(t, dir, "bundle.json", string(text)))
	require.Equal(t, 1, status)
	require.Contains(t, out, "event 1: a copied column differs")
	require.NoError(t, os.WriteFile(dir+"/junk", []byte("{}"), 0o600))
	_, stderr, status := procedo(t, dir, "audit", "verify", dir+"/junk")
	require.Equal(t, 1, status)
	require.Contains(t, stderr, "not a bundle")
}
