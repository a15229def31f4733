package http

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"

	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/adapters/jsonschema"
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

// ProblemTypes returns all types of problem documents with their texts in a language, sorted by code. It returns an
// error if a code of the contract has no text, or the reverse.
func ProblemTypes(locale i18n.Locale) ([]ProblemType, error) {
	statuses, entries := problemStatuses(), locale.Problems()
	if codes := slices.Collect(maps.Keys(statuses)); len(codes) != len(entries) {
		return nil, fmt.Errorf("the contract has %d problem codes, and %d have texts", len(codes), len(entries))
	}
	types := make([]ProblemType, len(entries))
	for i, e := range entries {
		status, known := statuses[e.Code]
		if !known {
			return nil, fmt.Errorf("the contract has not the problem code %s", e.Code)
		}
		types[i] = ProblemType{problemType(e.Code), e.Code, status, e.Title, e.Explanation}
	}
	return types, nil
}

// problemStatuses returns the codes of all problems with their HTTP statuses, as the contract lists them.
var problemStatuses = sync.OnceValue(func() map[string]int {
	all := map[string]int{}
	contract, err := jsonschema.Parse(api.ContractJSON)
	if err == nil {
		for _, m := range contract.Get("components", "schemas", "ProblemCode", "x-status-by-code").Members {
			if all[m.Name], err = strconv.Atoi(m.Value.Text); err != nil {
				break
			}
		}
	}
	if err != nil {
		panic("the contract: " + err.Error()) // cannot happen: New has read it
	}
	return all
})
