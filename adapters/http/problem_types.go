package http

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/procedo/procedo/adapters/http/jsonschema"
	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/api"
)

// ProblemType describes one type of problem document for people.
type ProblemType struct {
	Path        string // the type in problem documents, such as "/problems/run-stale"
	Code        string
	Status      int // of the responses with it
	Title       string
	Explanation string // with the parameters of an occurrence as {name}
}

// ProblemTypes returns all types of problem documents with their texts in a language, sorted by code. The contract lists
// the codes with their statuses. It returns an error if a code of the contract has no text, or the reverse.
func ProblemTypes(locale i18n.Locale) ([]ProblemType, error) {
	contract, err := jsonschema.Parse(api.ContractJSON)
	if err != nil {
		return nil, err
	}
	statuses := contract.Get("components", "schemas", "ProblemCode", "x-status-by-code")
	entries := locale.Problems()
	if statuses == nil || len(statuses.Members) != len(entries) {
		return nil, fmt.Errorf("the contract has not the %d problem codes that have texts", len(entries))
	}
	types := make([]ProblemType, len(entries))
	for i, e := range entries {
		status := statuses.Get(e.Code)
		if status == nil {
			return nil, fmt.Errorf("the contract has not the problem code %s", e.Code)
		}
		types[i] = ProblemType{Path: problemPath(e.Code), Code: e.Code, Title: e.Title, Explanation: e.Explanation}
		if types[i].Status, err = strconv.Atoi(status.Text); err != nil {
			return nil, err
		}
	}
	return types, nil
}

// problemPath returns the type of the problem documents with a code.
func problemPath(code string) string {
	return "/problems/" + strings.NewReplacer(".", "-", "_", "-").Replace(code)
}
