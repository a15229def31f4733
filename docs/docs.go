// Package docs holds what the program carries of its documentation.
package docs

import "embed"

// DemoID is the id of the demo procedure.
const DemoID = "incident-paiement-instantane"

// Demo is the demo's definition document.
//
//go:embed procedures/demo.json
var Demo []byte

// DemoAnswers are commits that walk a run of the demo from start to end; those marked refused are wrong on purpose.
//
//go:embed procedures/demo-answers.json
var DemoAnswers []byte

// Schemas are the JSON Schemas (draft 2020-12) of the definition formats, as they are served under /schemas/.
//
//go:embed json_schema_procedure_*.json
var Schemas embed.FS
