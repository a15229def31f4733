package main

import (
	"bytes"
	"context"
	"net/http"

	"github.com/go-json-experiment/json"

	"github.com/procedo/procedo/adapters/terminal"
	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/core/jsondoc"
)

// serverLoader loads definitions through a server's API.
type serverLoader struct{ apiClient }

func (serverLoader) close() error { return nil }

// load creates the procedure or, if it exists, publishes the document as its next version.
func (l serverLoader) load(ctx context.Context, document []byte) (outcome, error) {
	created, err := read(l.CreateProcedureWithBody(ctx, nil, "application/json", bytes.NewReader(document)))
	if err != nil {
		return outcome{}, err
	}
	done, err := loaded(created, created.StatusCode == http.StatusCreated)
	if isRefusal(err, "procedure.exists") {
		return l.publish(ctx, document)
	}
	return done, err
}

func (l serverLoader) publish(ctx context.Context, document []byte) (outcome, error) {
	node, err := jsondoc.Parse(document)
	if err != nil {
		return outcome{}, err
	}
	id := node.Get("id").Text
	current, err := read(l.GetProcedure(ctx, id, nil))
	if err != nil {
		return outcome{}, err
	}
	tag := current.Header.Get("ETag")
	params := client.PublishProcedureParams{IfMatch: tag}
	body := bytes.NewReader(document)
	published, err := read(l.PublishProcedureWithBody(ctx, id, &params, "application/json", body))
	if err != nil {
		return outcome{}, err
	}
	return loaded(published, published.Header.Get("ETag") != tag)
}

// loaded returns the outcome in the response to a create or publish request, or the problem in it as an error.
func loaded(a apiAnswer, changed bool) (outcome, error) {
	var p struct {
		ID       string         `json:"id"`
		Version  int            `json:"version"`
		Warnings []client.Issue `json:"warnings"`
	}
	if err := json.Unmarshal(a.body, &p); err != nil || p.ID == "" {
		return outcome{}, responseError(a.Status, a.body)
	}
	done := outcome{id: p.ID, version: p.Version, changed: changed}
	for _, is := range p.Warnings {
		if is.Code != "definition.unchanged" { // printLoaded shows this already
			done.warnings = append(done.warnings, terminal.IssueLine(is.Field, is.Message, is.Code))
		}
	}
	return done, nil
}
