package http

import (
	"maps"
	"net/http"
	"strconv"

	"github.com/go-json-experiment/json"
)

// response is a complete response. Receipts of earlier releases hold its JSON form.
type response struct {
	Status int               `json:"status"`
	Header map[string]string `json:"header"`
	Body   []byte            `json:"body"`
}

// jsonResponse returns a response with the JSON form of a body. The header may be nil.
func jsonResponse(status int, body any, header map[string]string) (response, error) {
	data, err := json.Marshal(body, json.Deterministic(true))
	if header == nil {
		header = map[string]string{}
	}
	header["Content-Type"] = "application/json"
	return response{status, header, data}, err
}

// withHeader returns the response with a header. It does not change r, whose map others may hold.
func (r response) withHeader(name, value string) response {
	header := make(map[string]string, len(r.Header)+1)
	maps.Copy(header, r.Header)
	header[name] = value
	r.Header = header
	return r
}

func (r response) write(w http.ResponseWriter) error {
	for name, value := range r.Header {
		w.Header().Set(name, value)
	}
	if r.Status != http.StatusNotModified {
		w.Header().Set("Content-Length", strconv.Itoa(len(r.Body)))
	}
	w.WriteHeader(r.Status)
	_, err := w.Write(r.Body)
	return err
}

// notModified returns the empty response to a client that has the current body.
func notModified(header map[string]string) response {
	return response{Status: http.StatusNotModified, Header: header}
}

// A response implements the generated response types of all operations. The compiler therefore cannot check that the
// contract declares a response for the operation that returns it; the tests check this.

func (r response) VisitListProceduresResponse(w http.ResponseWriter) error        { return r.write(w) }
func (r response) VisitCreateProcedureResponse(w http.ResponseWriter) error       { return r.write(w) }
func (r response) VisitLintProcedureResponse(w http.ResponseWriter) error         { return r.write(w) }
func (r response) VisitGetProcedureResponse(w http.ResponseWriter) error          { return r.write(w) }
func (r response) VisitPublishProcedureResponse(w http.ResponseWriter) error      { return r.write(w) }
func (r response) VisitListProcedureVersionsResponse(w http.ResponseWriter) error { return r.write(w) }
func (r response) VisitGetProcedureVersionResponse(w http.ResponseWriter) error   { return r.write(w) }
func (r response) VisitArchiveProcedureResponse(w http.ResponseWriter) error      { return r.write(w) }
func (r response) VisitUnarchiveProcedureResponse(w http.ResponseWriter) error    { return r.write(w) }
func (r response) VisitListRunsResponse(w http.ResponseWriter) error              { return r.write(w) }
func (r response) VisitStartRunResponse(w http.ResponseWriter) error              { return r.write(w) }
func (r response) VisitGetProcedureGraphResponse(w http.ResponseWriter) error     { return r.write(w) }
func (r response) VisitGetRunStepResponse(w http.ResponseWriter) error            { return r.write(w) }
func (r response) VisitCheckStepResponse(w http.ResponseWriter) error             { return r.write(w) }
func (r response) VisitGetRunResponse(w http.ResponseWriter) error                { return r.write(w) }
func (r response) VisitSaveDraftResponse(w http.ResponseWriter) error             { return r.write(w) }
func (r response) VisitCommitStepResponse(w http.ResponseWriter) error            { return r.write(w) }
func (r response) VisitAmendStepResponse(w http.ResponseWriter) error             { return r.write(w) }
func (r response) VisitEraseContentResponse(w http.ResponseWriter) error          { return r.write(w) }
func (r response) VisitFailRunResponse(w http.ResponseWriter) error               { return r.write(w) }
func (r response) VisitListRunEventsResponse(w http.ResponseWriter) error         { return r.write(w) }
func (r response) VisitListRunExceptionsResponse(w http.ResponseWriter) error     { return r.write(w) }
func (r response) VisitListAuditEventsResponse(w http.ResponseWriter) error       { return r.write(w) }
func (r response) VisitGetLivenessResponse(w http.ResponseWriter) error           { return r.write(w) }
func (r response) VisitGetReadinessResponse(w http.ResponseWriter) error          { return r.write(w) }
func (r response) VisitGetMetricsResponse(w http.ResponseWriter) error            { return r.write(w) }
func (r response) VisitGetContractYAMLResponse(w http.ResponseWriter) error       { return r.write(w) }
func (r response) VisitSkipStepResponse(w http.ResponseWriter) error              { return r.write(w) }
func (r response) VisitSimulateProcedureResponse(w http.ResponseWriter) error     { return r.write(w) }
func (r response) VisitGetSchemaResponse(w http.ResponseWriter) error             { return r.write(w) }
func (r response) VisitGetContractJSONResponse(w http.ResponseWriter) error       { return r.write(w) }
func (r response) VisitGetContract30JSONResponse(w http.ResponseWriter) error     { return r.write(w) }
func (r response) VisitListSchemasResponse(w http.ResponseWriter) error           { return r.write(w) }
func (r response) VisitListProblemTypesResponse(w http.ResponseWriter) error      { return r.write(w) }
func (r response) VisitGetProblemTypeResponse(w http.ResponseWriter) error        { return r.write(w) }
func (r response) VisitGetMeResponse(w http.ResponseWriter) error                 { return r.write(w) }
func (r response) VisitReadResourceMetadataResponse(w http.ResponseWriter) error  { return r.write(w) }
func (r response) VisitRevealSlotResponse(w http.ResponseWriter) error            { return r.write(w) }
func (r response) VisitGetHomeResponse(w http.ResponseWriter) error               { return r.write(w) }
