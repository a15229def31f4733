package http

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/procedure"
)

const mermaidType = "text/vnd.mermaid"

// GetProcedureGraph handles GET /procedures/{procedure_id}/versions/{version}/graph.
func (s *server) GetProcedureGraph(
	ctx context.Context, r api.GetProcedureGraphRequestObject,
) (api.GetProcedureGraphResponseObject, error) {
	v, err := s.as(ctx).VersionDefinition(ctx, r.ProcedureID, r.Version)
	if err != nil {
		return nil, err
	}
	c := callOf(ctx)
	texts, words, media := v.In(c.locale.Wanted()), c.locale.GraphWords(), c.accept.preferred(jsonBody, mermaidType)
	header := map[string]string{
		"ETag": graphETag(v, texts.Language(), c.locale.Language(), media, c.numbers), "Cache-Control": s.cacheImmutable(),
		"Vary": "Accept, " + vary,
	}
	if matchesETag(r.Params.IfNoneMatch, header["ETag"]) {
		return notModified(header), nil
	}
	if language := texts.ContentLanguage(); language != "" {
		header["Content-Language"] = language
	}
	if media == mermaidType {
		header["Content-Type"] = mermaidType + "; charset=utf-8"
		return response{http.StatusOK, header, []byte(texts.Mermaid(words))}, nil
	}
	body := procedureGraph{v.ID, v.Number, newDefinitionGraph(texts.Graph(), words.End)}
	return jsonResponse(http.StatusOK, body, header)
}

// graphETag returns the ETag of a graph. The title of the end and the words of a flowchart come from the catalogue,
// whose language may differ from that of the definition's texts.
func graphETag(v *procedure.Version, language, words, media string, numbers numberForm) string {
	digest := strings.TrimPrefix(v.Digest, "sha256:")
	return fmt.Sprintf(`"%d-%.16s-%s-%s-%s%s"`, v.Number, digest, language, words, media, numbers.mark())
}

// The types of the response, ProcedureGraph and DefinitionGraph in the contract.
type (
	procedureGraph struct {
		ProcedureID string `json:"procedure_id"`
		Version     int    `json:"version"`
		definitionGraph
	}
	definitionGraph struct {
		Start string      `json:"start"`
		Nodes []graphNode `json:"nodes"`
		Edges []graphEdge `json:"edges"`
	}
	graphNode struct {
		Key       string `json:"key"`
		Title     string `json:"title"`
		Type      string `json:"type"`
		When      string `json:"when,omitempty"`
		Skippable bool   `json:"skippable"`
		OnReturn  string `json:"on_return"`
	}
	graphEdge struct {
		From    string `json:"from"`
		To      string `json:"to"`
		When    string `json:"when,omitempty"`
		Unless  string `json:"unless,omitempty"`
		Default bool   `json:"default"`
		Back    bool   `json:"back"`
	}
)

// newDefinitionGraph returns the body for a graph. The parameter end is the title of the end.
func newDefinitionGraph(g procedure.Graph, end string) definitionGraph {
	body := definitionGraph{Start: g.Nodes[0].Key, Edges: []graphEdge{}}
	for _, n := range g.Nodes {
		if n.Step == nil {
			body.Nodes = append(body.Nodes, graphNode{Key: n.Key, Title: end, Type: "end", OnReturn: "blank"})
			continue
		}
		node := graphNode{
			Key: n.Key, Title: n.Title, Type: "step", Skippable: n.Step.Skippable, OnReturn: onReturn(n.Step),
		}
		if n.Step.When != nil {
			node.When = n.Step.When.Source
		}
		body.Nodes = append(body.Nodes, node)
	}
	for _, e := range g.Edges {
		body.Edges = append(body.Edges, graphEdge{
			From: g.Nodes[e.From].Key, To: g.Nodes[e.To].Key, When: e.When, Unless: e.Unless, Default: e.Default,
			Back: e.Back,
		})
	}
	return body
}
