package procedo_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/api/procedo"
	"github.com/procedo/procedo/docs"
)

// A proxy that compresses answers makes their tags weak, and If-Match never matches a weak tag.
func TestATagThatAProxyHasMadeWeakIsSentAsTheServiceMadeIt(t *testing.T) {
	weakening := &doer{do: func(r *http.Request, _ int) (*http.Response, error) {
		res, err := http.DefaultClient.Do(r)
		if err == nil {
			res.Header.Set("ETag", "W/"+res.Header.Get("ETag"))
		}
		return res, err
	}}
	c := newClient(t, procedo.WithHTTPClient(weakening))
	run, err := c.Start(t.Context(), client.RunStart{ProcedureID: docs.DemoID})
	require.NoError(t, err)
	_, err = c.Commit(t.Context(), run.ID, *run.CurrentStep, run.Tag, client.StepCommit{})
	problem := &procedo.Problem{}
	require.ErrorAs(t, err, &problem)
	require.Equal(t, "values.invalid", problem.Code, "the tag matches, so that the data are looked at")
}
