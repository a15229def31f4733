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

const demo = "incident-paiement-instantane"

func values(t *testing.T, text string) client.Values {
	t.Helper()
	var v client.Values
	require.NoError(t, json.Unmarshal([]byte(text), &v))
	return v
}

func done(keys ...string) []client.Tick {
	var ticks []client.Tick
	for _, k := range keys {
		ticks = append(ticks, client.Tick{Key: k, Completed: true})
	}
	return ticks
}

// demoSteps is a walk through the demo.
var demoSteps = []struct {
	key, slots string
	ticks      []string
}{
	{"alert", `{"incident_id":"INC-450123","detected_at":"2026-11-23T09:30:00+01:00","severity":"high"}`, []string{"acknowledged", "on_call_informed"}},
	{"diagnosis", `{"components":["gateway"],"failed_transfers":1250,"error_rate":12.50,"cause":"Certificate expired","affected_iban":"FR7630006000011234567890189"}`, []string{"logs_saved"}},
	{"remediation", `{"action":"restart","done_on":"2026-11-23","done_at":"10:05:00"}`, []string{"second_pair_of_eyes"}},
	{"validation", `{"service_restored":true,"test_amount":0.01}`, []string{"backlog_empty", "watched_30_minutes"}},
	{"closure", `{"summary":"Certificate renewed.","review_on":"2026-12-01","contact_phone":"01 23 45 67 89"}`, []string{"teams_informed"}},
}

func TestTheDemoRunsFromItsFirstStepToItsLastThroughTheGeneratedClient(t *testing.T) {
	for name, flags := range deployments(t) {
		t.Run(name, func(t *testing.T) { walkTheDemo(t, flags) })
	}
}

func walkTheDemo(t *testing.T, flags []string) {
	dir := t.TempDir()
	server := serve(t, dir, append([]string{"--demo"}, flags...)...)
	c, ctx := server.client(), t.Context()
	started, err := c.StartRunWithResponse(ctx, nil, client.RunStart{ProcedureID: demo})
	require.NoError(t, err)
	require.Equal(t, 201, started.StatusCode(), string(started.Body))
	id := started.JSON201.ID
	fr := "fr"
	refused, err := c.CommitStepWithResponse(ctx, id, "alert", &client.CommitStepParams{AcceptLanguage: &fr}, client.StepCommit{Slots: values(t, `{"severity":"huge"}`)})
	require.NoError(t, err)
	require.Equal(t, "Données invalides", refused.ApplicationProblemJSON422.Title)
	require.Len(t, refused.ApplicationProblemJSON422.Issues, 5)
	for _, s := range demoSteps {
		r, err := c.CommitStepWithResponse(ctx, id, s.key, nil, client.StepCommit{Slots: values(t, s.slots), Checklist: done(s.ticks...)})
		require.NoError(t, err)
		require.Equal(t, 200, r.StatusCode(), string(r.Body))
	}
	metrics, err := c.GetMetricsWithResponse(ctx)
	require.NoError(t, err)
	require.Contains(t, string(metrics.Body), `procedo_commits_total{outcome="accepted"} 5`+"\n")
	require.Contains(t, string(metrics.Body), `procedo_commits_total{outcome="values.invalid"} 1`+"\n")
	en := "en-GB"
	got, err := c.GetRunWithResponse(ctx, id, &client.GetRunParams{AcceptLanguage: &en})
	require.NoError(t, err)
	require.Equal(t, client.RunStateCompleted, got.JSON200.State)
	require.Equal(t, "Closure", got.JSON200.Steps[5].Title)
	require.Equal(t, []string{"affected_iban"}, got.JSON200.Steps[2].Sensitive)
	require.Equal(t, "claire", *got.JSON200.Steps[0].CommittedBy)
	require.Equal(t, client.StepStateNotApplicable, got.JSON200.Steps[1].State, "no crisis")

	bundle, err := c.GetRunBundleWithResponse(ctx, id, nil)
	require.NoError(t, err)
	file := write(t, dir, "bundle.json", string(bundle.Body))
	out, _, status := procedo(t, dir, "audit", "verify", file)
	require.Equal(t, 0, status, out)
	require.Zero(t, server.signal(syscall.SIGTERM), "SIGTERM ends it cleanly")
	out, _, status = procedo(t, dir, append([]string{"audit", "verify"}, databaseOf(flags)...)...)
	require.Equal(t, 0, status, out)
	require.Contains(t, out, "1 procedure, 1 run, 16 events checked: 0 findings")
}

func TestAnExportIsCheckedByItself(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir, "--demo")
	_, err := server.client().StartRunWithResponse(t.Context(), nil, client.RunStart{ProcedureID: demo})
	require.NoError(t, err)
	out, stderr, status := procedo(t, dir, "audit", "export", "-o", "trail.jsonl")
	require.Zero(t, status, out+stderr)
	_, stderr, status = procedo(t, dir, "audit", "export", "-o", "trail.jsonl")
	require.Equal(t, 1, status, "what is there is not overwritten")
	require.Contains(t, stderr, "exists")
	out, _, status = procedo(t, dir, "audit", "verify", "trail.jsonl")
	require.Zero(t, status, out)
	require.Contains(t, out, "1 procedure, 1 run, 3 events checked: 0 findings")
	text, err := os.ReadFile(dir + "/trail.jsonl")
	require.NoError(t, err)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.url+"/runs", strings.NewReader(`{"procedure_id":"`+demo+`"}`))
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
	require.Equal(t, []string{"actor", "'=1+1"}, []string{rows[0][4], rows[5][4]}, "no spreadsheet takes it for a formula")
	out, _, status = procedo(t, dir, "audit", "verify", write(t, dir, "forged.jsonl", strings.Replace(string(text), `"actor":"claire"`, `"actor":"eve"`, 1)))
	require.Equal(t, 1, status)
	require.Contains(t, out, "a copied column differs")
	_, stderr, status = procedo(t, dir, "audit", "verify", write(t, dir, "cut.jsonl", string(text[:len(text)-5])))
	require.Equal(t, 1, status)
	require.Contains(t, stderr, "line 3")
}

func TestWhatWasAcknowledgedSurvivesAKill(t *testing.T) {
	for name, flags := range deployments(t) {
		t.Run(name, func(t *testing.T) { survive(t, append([]string{"--demo"}, flags...)) })
	}
}

func survive(t *testing.T, flags []string) {
	dir := t.TempDir()
	server := serve(t, dir, flags...)
	started, err := server.client().StartRunWithResponse(t.Context(), nil, client.RunStart{ProcedureID: demo})
	require.NoError(t, err)
	id := started.JSON201.ID
	r, err := server.client().CommitStepWithResponse(t.Context(), id, "alert", nil,
		client.StepCommit{Slots: values(t, demoSteps[0].slots), Checklist: done(demoSteps[0].ticks...)})
	require.NoError(t, err)
	require.Equal(t, 200, r.StatusCode())
	server.signal(syscall.SIGKILL)

	again, err := serve(t, dir, flags...).client().GetRunWithResponse(t.Context(), id, nil)
	require.NoError(t, err)
	require.Equal(t, string(r.Body), string(again.Body))
}

func TestATamperedBundleIsFound(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir, "--demo")
	started, err := server.client().StartRunWithResponse(t.Context(), nil, client.RunStart{ProcedureID: demo})
	require.NoError(t, err)
	bundle, err := server.client().GetRunBundleWithResponse(t.Context(), started.JSON201.ID, nil)
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
