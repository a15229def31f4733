package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/core/jsondoc"
)

// remoteTime is how long one request to a server may take.
const remoteTime = 30 * time.Second

// remoteLoader loads through a server's API.
type remoteLoader struct {
	*client.ClientWithResponses
	actor string
}

func newRemoteLoader(server, actor string) (loader, error) {
	c, err := client.NewClientWithResponses(server, client.WithHTTPClient(&http.Client{Timeout: remoteTime}))
	return remoteLoader{c, actor}, err
}

func (remoteLoader) close() error { return nil }

// refusal is what a server answered that it did not do.
type refusal struct{ *client.Problem }

func (r refusal) Error() string {
	text := fmt.Appendf(nil, "%s. %s", r.Title, r.Detail)
	for _, is := range r.Issues {
		text = fmt.Appendf(text, "\n  %s", issueLine(is.Field, is.Message, is.Code))
	}
	return string(text)
}

// load creates the procedure or, where it exists, publishes the document over the version that stands.
func (l remoteLoader) load(ctx context.Context, document []byte) (outcome, error) {
	lang := terminalLocale().Language()
	created, err := l.CreateProcedureWithBodyWithResponse(ctx, &client.CreateProcedureParams{XActor: &l.actor, AcceptLanguage: &lang},
		"application/json", bytes.NewReader(document))
	if err != nil {
		return outcome{}, err
	}
	if p := created.ApplicationProblemJSON409; p != nil && p.Code == "procedure.exists" {
		return l.publish(ctx, document, lang)
	}
	return answered(created.Status(), created.StatusCode() == http.StatusCreated, created.Body)
}

func (l remoteLoader) publish(ctx context.Context, document []byte, lang string) (outcome, error) {
	node, err := jsondoc.Parse(document)
	if err != nil {
		return outcome{}, err
	}
	id := node.Get("id").Text
	present, err := l.GetProcedureWithResponse(ctx, id, &client.GetProcedureParams{})
	if err != nil {
		return outcome{}, err
	}
	tag := present.HTTPResponse.Header.Get("ETag")
	published, err := l.PublishProcedureWithBodyWithResponse(ctx, id,
		&client.PublishProcedureParams{XActor: &l.actor, AcceptLanguage: &lang, IfMatch: &tag}, "application/json", bytes.NewReader(document))
	if err != nil {
		return outcome{}, err
	}
	return answered(published.Status(), published.HTTPResponse.Header.Get("ETag") != tag, published.Body)
}

// answered reads a procedure from an answer, or the problem that came instead.
func answered(status string, changed bool, body []byte) (outcome, error) {
	var p struct {
		ID       string         `json:"id"`
		Version  int            `json:"version"`
		Warnings []client.Issue `json:"warnings"`
	}
	if err := json.Unmarshal(body, &p); err == nil && p.ID != "" {
		done := outcome{id: p.ID, version: p.Version, changed: changed}
		for _, is := range p.Warnings {
			if is.Code != "definition.unchanged" { // the line itself says so
				done.warnings = append(done.warnings, issueLine(is.Field, is.Message, is.Code))
			}
		}
		return done, nil
	}
	var problem client.Problem
	if err := json.Unmarshal(body, &problem); err != nil || problem.Code == "" {
		return outcome{}, fmt.Errorf("the server answered %s", status)
	}
	return outcome{}, refusal{&problem}
}
