package main

import (
	"bytes"
	"context"
	"net/http"

	"github.com/procedo/procedo/adapters/terminal"
	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/api/procedo"
	"github.com/procedo/procedo/core/jsondoc"
)

// serverLoader loads definitions through a server's API.
type serverLoader struct{ apiClient }

func (serverLoader) close() error { return nil }

// load creates the procedure or, if it exists, publishes the document as its next version.
func (l serverLoader) load(ctx context.Context, document []byte) (outcome, error) {
	res, err := l.CreateProcedureWithBody(ctx, nil, "application/json", bytes.NewReader(document))
	done, err := loaded(res, err)
	if isRefusal(err, "procedure.exists") {
		return l.publish(ctx, document)
	}
	done.changed = err == nil && res.StatusCode == http.StatusCreated
	return done, err
}

func (l serverLoader) publish(ctx context.Context, document []byte) (outcome, error) {
	node, err := jsondoc.Parse(document)
	if err != nil {
		return outcome{}, err
	}
	id := node.Get("id").Text
	current, err := l.GetProcedure(ctx, id, nil)
	if _, err := procedo.Read(current, err); err != nil {
		return outcome{}, shown(err)
	}
	tag := procedo.ETag(current)
	params := client.PublishProcedureParams{IfMatch: tag}
	res, err := l.PublishProcedureWithBody(ctx, id, &params, "application/json", bytes.NewReader(document))
	done, err := loaded(res, err)
	done.changed = err == nil && procedo.ETag(res) != tag
	return done, err
}

// loaded returns the outcome in the answer to a create or publish request, or the problem in it as an error. It takes
// the results of a method of the client.
func loaded(res *http.Response, err error) (outcome, error) {
	p, err := procedo.Decode[struct {
		ID       string         `json:"id"`
		Version  int            `json:"version"`
		Warnings []client.Issue `json:"warnings"`
	}](res, err)
	if err != nil {
		return outcome{}, shown(err)
	}
	done := outcome{id: p.ID, version: p.Version}
	for _, is := range p.Warnings {
		if is.Code != "definition.unchanged" { // printLoaded shows this already
			done.warnings = append(done.warnings, terminal.IssueLine(is.Field, is.Message, is.Code))
		}
	}
	return done, nil
}
