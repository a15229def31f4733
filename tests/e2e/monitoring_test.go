package e2e

import (
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// rulesFile is the part of a rules file of Prometheus that the tests read.
type rulesFile struct {
	Groups []struct {
		Rules []struct {
			Alert       string
			Expr        string
			Annotations map[string]string
		}
	}
}

func alertRules(t *testing.T) rulesFile {
	t.Helper()
	var rules rulesFile
	require.NoError(t, yaml.Unmarshal(contents(t, "../../docs/monitoring/procedo.rules.yml"), &rules))
	require.Len(t, rules.Groups, 1)
	return rules
}

// expressions returns the expressions of the alert rules and of the dashboard.
func expressions(t *testing.T) (all []string) {
	t.Helper()
	for _, r := range alertRules(t).Groups[0].Rules {
		all = append(all, r.Expr)
	}
	var dashboard struct {
		Panels []struct{ Targets []struct{ Expr string } }
	}
	require.NoError(t, json.Unmarshal(contents(t, "../../docs/monitoring/grafana.json"), &dashboard))
	for _, p := range dashboard.Panels {
		for _, target := range p.Targets {
			all = append(all, target.Expr)
		}
	}
	require.Greater(t, len(all), 20)
	return all
}

// series are the label values that a server shows, by metric and label.
type series map[string]map[string][]string

// scrape returns what /metrics of a server shows.
func scrape(t *testing.T, url string) series {
	t.Helper()
	all := series{}
	sample := regexp.MustCompile(`^([a-z_]+)(?:\{(.*)\})? `)
	label := regexp.MustCompile(`([a-z_]+)="([^"]*)"`)
	for line := range strings.Lines(get(t, url+"/metrics")) {
		m := sample.FindStringSubmatch(line)
		if m == nil {
			continue // a comment
		}
		if all[m[1]] == nil {
			all[m[1]] = map[string][]string{}
		}
		for _, l := range label.FindAllStringSubmatch(m[2], -1) {
			all[m[1]][l[1]] = append(all[m[1]][l[1]], l[2])
		}
	}
	return all
}

// fromPrometheus are the metrics and labels that Prometheus adds.
var (
	fromPrometheus = series{"up": {}}
	targetLabels   = []string{"job", "instance"}
)

// TestAlertsAndDashboardUseMetricsOfTheServer compares every expression with the metrics that a server shows after a
// commit, a refusal and a delivery to a sink.
func TestAlertsAndDashboardUseMetricsOfTheServer(t *testing.T) {
	dir := t.TempDir()
	signing, _ := key(t, dir, "signing")
	server := serve(t, dir, "--demo", "--audit-sink", "file:trail.jsonl",
		"--audit-key-file", signing, "--witness", "http://127.0.0.1:1")
	out, stderr, status := procedo(t, dir, "demo", "--server", server.url)
	require.Zero(t, status, stderr)
	get(t, server.url+"/readyz")
	get(t, server.url+"/runs/"+runID.FindString(out))
	shown := scrape(t, server.url)
	selector := regexp.MustCompile(`\b(up|(?:procedo|go|process)_[a-z_]+)\b(?:\{((?:[^{}"]|"[^"]*")*)\})?`)
	matcher := regexp.MustCompile(`([a-z_]+)(=~|=)"([^"]*)"`)
	for _, expression := range expressions(t) {
		found := selector.FindAllStringSubmatch(expression, -1)
		require.NotEmpty(t, found, expression)
		for _, m := range found {
			labels, known := shown[m[1]]
			if !known {
				labels, known = fromPrometheus[m[1]]
			}
			require.True(t, known, "the server has no metric %s: %s", m[1], expression)
			for _, l := range matcher.FindAllStringSubmatch(m[2], -1) {
				if slices.Contains(targetLabels, l[1]) {
					continue
				}
				require.Contains(t, labels, l[1], expression)
				if l[1] != "status" { // only those that have occurred are shown
					require.Contains(t, labels[l[1]], l[3], expression)
				}
			}
			for _, l := range grouping(expression) {
				require.True(t, slices.Contains(targetLabels, l) || labels[l] != nil, "%s has no label %s", m[1], l)
			}
		}
	}
}

// grouping returns the labels that an expression groups by.
func grouping(expression string) (all []string) {
	for _, m := range regexp.MustCompile(`by \(([^)]*)\)`).FindAllStringSubmatch(expression, -1) {
		all = append(all, strings.Split(m[1], ", ")...)
	}
	return all
}

// TestEveryAlertSaysWhatHappensAndLeadsToTheGuide checks the texts of the alerts, and that each of them is about a
// heading of the guide to operations.
func TestEveryAlertSaysWhatHappensAndLeadsToTheGuide(t *testing.T) {
	headings := map[string]bool{}
	text := string(contents(t, operationsGuides["en"]))
	for _, m := range regexp.MustCompile(`(?m)^### (.*)$`).FindAllStringSubmatch(text, -1) {
		headings[strings.ReplaceAll(strings.ToLower(m[1]), " ", "-")] = true
	}
	for _, r := range alertRules(t).Groups[0].Rules {
		require.NotEmpty(t, r.Annotations["summary"], r.Alert)
		require.NotEmpty(t, r.Annotations["summary_fr"], r.Alert)
		anchor, found := strings.CutPrefix(r.Annotations["runbook"], "operations.md#")
		require.True(t, found && headings[anchor], r.Annotations["runbook"])
	}
}

// get returns the body of a page.
func get(t *testing.T, url string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	require.Equal(t, http.StatusOK, response.StatusCode)
	data, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return string(data)
}
