package mcp

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/api/procedo"
	"github.com/procedo/procedo/core/jsondoc"
)

// key returns the Idempotency-Key of a call: the same for the same tool and arguments, so that a call which is sent
// again after a broken connection has no second effect. The arguments name the run, the step and its revision; the
// service keeps the keys of each caller apart.
func (c call) key() *string {
	document, err := jsondoc.Parse(c.arguments)
	if err != nil {
		return nil // it has been parsed before
	}
	sum := sha256.Sum256(ordered([]byte(c.tool+"\n"), document))
	return new("assistant-" + hex.EncodeToString(sum[:]))
}

// ordered appends a JSON value with the members of its objects in the order of their names. Numbers keep their digits.
func ordered(dst []byte, n *jsondoc.Node) []byte {
	switch n.Kind {
	case jsondoc.Object:
		members := slices.SortedFunc(slices.Values(n.Members), func(a, b jsondoc.Member) int {
			return strings.Compare(a.Name, b.Name)
		})
		dst = append(dst, '{')
		for _, m := range members {
			dst = append(ordered(append(strconv.AppendQuote(dst, m.Name), ':'), m.Value), ',')
		}
		return append(dst, '}')
	case jsondoc.Array:
		dst = append(dst, '[')
		for _, item := range n.Items {
			dst = append(ordered(dst, item), ',')
		}
		return append(dst, ']')
	case jsondoc.String:
		return strconv.AppendQuote(dst, n.Text)
	}
	return append(dst, n.Raw...)
}

// ifMatch returns the condition that the run still has the revision of the arguments, and nil if they name none. A
// revision that is not the run's becomes a tag that the run does not have, so that the API refuses it and records that.
func (s *Server) ifMatch(ctx context.Context, run string, revision *int64) (*string, error) {
	if revision == nil {
		return nil, nil //nolint:nilnil // no condition and no error
	}
	res, err := s.api.GetRun(ctx, run, nil) //nolint:bodyclose // Decode closes it
	now, err := procedo.Decode[client.Run](res, err)
	if err != nil {
		return nil, err
	}
	if tag := procedo.ETag(res); now.Revision == *revision && tag != "" {
		return &tag, nil
	}
	return new(strconv.Quote(strconv.FormatInt(*revision, 10))), nil
}

// changed returns a function that reads the answer to a write, which is a run.
func (s *Server) changed(ctx context.Context) func(*http.Response, error) (*shownRun, error) {
	return func(res *http.Response, err error) (*shownRun, error) {
		run, err := procedo.Decode[client.Run](res, err)
		if err != nil {
			return nil, err
		}
		repeated := res.Header.Get("Idempotency-Replayed") == "true"
		if repeated { // the run may have gone on since the first answer
			if run, err = procedo.Decode[client.Run](s.api.GetRun(ctx, run.ID, nil)); err != nil {
				return nil, err
			}
		}
		shown, err := s.shown(ctx, run)
		if err == nil {
			shown.Repeated = repeated
		}
		return shown, err
	}
}

// markUnchanged returns a function that sets Unchanged of a run that still has the revision that the call named.
func markUnchanged(before *int64) func(*shownRun, error) (*shownRun, error) {
	return func(run *shownRun, err error) (*shownRun, error) {
		if err == nil {
			run.Unchanged = !run.Repeated && before != nil && *before == run.Run.Revision
		}
		return run, err
	}
}
