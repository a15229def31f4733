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

// remoteLoader loads through a server's API.
type remoteLoader struct{ remote }

func (remoteLoader) close() error { return nil }

// load creates the procedure or, if it exists, publishes the document as its next version.
func (l remoteLoader) load(ctx context.Context, document []byte) (outcome, error) {
	created, err := l.CreateProcedureWithBodyWithResponse(ctx, nil, "application/json", bytes.NewReader(document))
	if err != nil {
		return outcome{}, err
	}
	done, err := loaded(created.Status(), created.StatusCode() == http.StatusCreated, created.Body)
	if isRefusal(err, "procedure.exists") {
		return l.publish(ctx, document)
	}
	return done, err
}

func (l remoteLoader) publish(ctx context.Context, document []byte) (outcome, error) {
	node, err := jsondoc.Parse(document)
	if err != nil {
		return outcome{}, err
	}
	id := node.Get("id").Text
	present, err := l.GetProcedureWithResponse(ctx, id, nil)
	if err != nil {
		return outcome{}, err
	}
	tag := present.HTTPResponse.Header.Get("ETag")
	params := client.PublishProcedureParams{IfMatch: &tag}
	body := bytes.NewReader(document)
	published, err := l.PublishProcedureWithBodyWithResponse(ctx, id, &params, "application/json", body)
	if err != nil {
		return outcome{}, err
	}
	return loaded(published.Status(), published.HTTPResponse.Header.Get("ETag") != tag, published.Body)
}

// loaded parses the response to a load: a procedure, or a problem, which it returns as an error.
func loaded(status string, changed bool, body []byte) (outcome, error) {
	var p struct {
		ID       string         `json:"id"`
		Version  int            `json:"version"`
		Warnings []client.Issue `json:"warnings"`
	}
	if err := json.Unmarshal(body, &p); err != nil || p.ID == "" {
		return outcome{}, refused(status, body)
	}
	done := outcome{id: p.ID, version: p.Version, changed: changed}
	for _, is := range p.Warnings {
		if is.Code != "definition.unchanged" { // the line of the outcome says so
			done.warnings = append(done.warnings, terminal.IssueLine(is.Field, is.Message, is.Code))
		}
	}
	return done, nil
}
