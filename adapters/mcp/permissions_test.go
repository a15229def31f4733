package mcp_test

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/mcp"
)

// knownAs answers that the caller has some permissions.
type knownAs struct {
	status      int
	permissions string
}

func (k knownAs) Do(r *http.Request) (*http.Response, error) {
	body := `{"actor":"robot","via":"token","roles":[],"groups":[],"permissions":[` + k.permissions + `]}`
	return &http.Response{
		StatusCode: k.status, Header: http.Header{"Content-Type": {"application/json"}}, Request: r,
		Body: io.NopCloser(strings.NewReader(body)),
	}, nil
}

// A caller is offered what their roles permit, and everything if that is not known.
func TestACallerIsOfferedWhatTheirRolesPermit(t *testing.T) {
	reading := []string{"explain_run", "get_run", "list_procedures", "list_runs"}
	failing := []string{"fail_run"}
	for name, c := range map[string]struct {
		knownAs
		without []string // tools
		bundle  bool
	}{
		"auditor":  {knownAs{200, `"identify","read","take_bundle"`}, append(slices.Clone(working), failing...), true},
		"worker":   {knownAs{200, `"read","work"`}, failing, false},
		"operator": {knownAs{200, `"identify","read","work","fail","reveal"`}, nil, false},
		"stranger": {knownAs{200, `"identify"`}, acting, false},
		"unknown":  {knownAs{503, ``}, nil, true},
	} {
		tools, err := mcp.New(mcp.Config{API: "http://127.0.0.1:1", Doer: c.knownAs, Mode: mcp.Act})
		require.NoError(t, err)
		f := &fixture{t: t, tools: tools}
		for _, revision := range revisions {
			robot := f.connect(overMemory, revision, nil)
			list, err := robot.ListTools(t.Context(), nil)
			require.NoError(t, err)
			offered := []string{}
			for _, tool := range list.Tools {
				offered = append(offered, tool.Name)
			}
			want := slices.DeleteFunc(slices.Clone(acting), func(n string) bool { return slices.Contains(c.without, n) })
			require.ElementsMatch(t, want, offered, name)
			templates, err := robot.ListResourceTemplates(t.Context(), nil)
			require.NoError(t, err)
			bundle := false
			for _, template := range templates.ResourceTemplates {
				bundle = bundle || template.Name == "bundle"
			}
			require.Equal(t, c.bundle, bundle, name)
		}
	}
	require.ElementsMatch(t, acting, slices.Concat(reading, working, failing))
}

// working are the tools that need the permission work.
var working = []string{"amend_step", "check_step", "commit_step", "save_draft", "skip_step", "start_run"}
