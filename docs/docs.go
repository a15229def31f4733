// Package docs embeds the documents that the program needs at run time: the demo and the JSON Schemas.
package docs

import "embed"

// DemoID is the id of the demo procedure.
const DemoID = "incident-paiement-instantane"

// Demo is the definition document of the demo procedure, as JSON.
//
//go:embed procedures/demo.json
var Demo []byte

// DemoAnswers holds the commits that complete a run of the demo, as JSON. The commits marked as refused are
// deliberately invalid.
//
//go:embed procedures/demo-answers.json
var DemoAnswers []byte

// Schemas holds the JSON Schemas (draft 2020-12) of the definition formats, which the server offers under /schemas/.
//
//go:embed json_schema_procedure_*.json
var Schemas embed.FS
