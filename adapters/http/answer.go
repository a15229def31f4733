package http

import (
	"net/http"
	"strconv"

	"github.com/go-json-experiment/json"
)

// answer is a response that is ready to be sent, or kept for a repeat of its request.
type answer struct {
	Status int               `json:"status"`
	Header map[string]string `json:"header"`
	Body   []byte            `json:"body"`
}

// jsonAnswer renders a body.
func jsonAnswer(status int, body any, header map[string]string) (answer, error) {
	data, err := json.Marshal(body, json.Deterministic(true))
	if header == nil {
		header = map[string]string{}
	}
	header["Content-Type"] = "application/json"
	return answer{status, header, data}, err
}

func (a answer) with(name, value string) answer {
	a.Header[name] = value
	return a
}

// write sends the answer.
func (a answer) write(w http.ResponseWriter) error {
	for name, value := range a.Header {
		w.Header().Set(name, value)
	}
	if a.Status != http.StatusNotModified {
		w.Header().Set("Content-Length", strconv.Itoa(len(a.Body)))
	}
	w.WriteHeader(a.Status)
	_, err := w.Write(a.Body)
	return err
}

// notModified is the empty answer to a client that has the body already.
func notModified(header map[string]string) answer {
	return answer{Status: http.StatusNotModified, Header: header}
}

// An answer fits every operation: what is declared of each is held against the contract by the tests.

func (a answer) VisitListProceduresResponse(w http.ResponseWriter) error        { return a.write(w) }
func (a answer) VisitCreateProcedureResponse(w http.ResponseWriter) error       { return a.write(w) }
func (a answer) VisitLintProcedureResponse(w http.ResponseWriter) error         { return a.write(w) }
func (a answer) VisitGetProcedureResponse(w http.ResponseWriter) error          { return a.write(w) }
func (a answer) VisitPublishProcedureResponse(w http.ResponseWriter) error      { return a.write(w) }
func (a answer) VisitListProcedureVersionsResponse(w http.ResponseWriter) error { return a.write(w) }
func (a answer) VisitGetProcedureVersionResponse(w http.ResponseWriter) error   { return a.write(w) }
func (a answer) VisitArchiveProcedureResponse(w http.ResponseWriter) error      { return a.write(w) }
func (a answer) VisitUnarchiveProcedureResponse(w http.ResponseWriter) error    { return a.write(w) }
func (a answer) VisitListRunsResponse(w http.ResponseWriter) error              { return a.write(w) }
func (a answer) VisitStartRunResponse(w http.ResponseWriter) error              { return a.write(w) }
func (a answer) VisitGetRunResponse(w http.ResponseWriter) error                { return a.write(w) }
func (a answer) VisitSaveDraftResponse(w http.ResponseWriter) error             { return a.write(w) }
func (a answer) VisitCommitStepResponse(w http.ResponseWriter) error            { return a.write(w) }
func (a answer) VisitAmendStepResponse(w http.ResponseWriter) error             { return a.write(w) }
func (a answer) VisitFailRunResponse(w http.ResponseWriter) error               { return a.write(w) }
func (a answer) VisitListRunEventsResponse(w http.ResponseWriter) error         { return a.write(w) }
func (a answer) VisitListRunExceptionsResponse(w http.ResponseWriter) error     { return a.write(w) }
func (a answer) VisitListAuditEventsResponse(w http.ResponseWriter) error       { return a.write(w) }
func (a answer) VisitGetRunBundleResponse(w http.ResponseWriter) error          { return a.write(w) }
func (a answer) VisitGetLivenessResponse(w http.ResponseWriter) error           { return a.write(w) }
func (a answer) VisitGetReadinessResponse(w http.ResponseWriter) error          { return a.write(w) }
func (a answer) VisitGetMetricsResponse(w http.ResponseWriter) error            { return a.write(w) }
func (a answer) VisitGetContractYAMLResponse(w http.ResponseWriter) error       { return a.write(w) }
func (a answer) VisitSkipStepResponse(w http.ResponseWriter) error              { return a.write(w) }
func (a answer) VisitSimulateProcedureResponse(w http.ResponseWriter) error     { return a.write(w) }
func (a answer) VisitGetSchemaResponse(w http.ResponseWriter) error             { return a.write(w) }
func (a answer) VisitGetContractJSONResponse(w http.ResponseWriter) error       { return a.write(w) }
