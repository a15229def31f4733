// Package docs holds what the program carries of its documentation.
package docs

import _ "embed"

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
