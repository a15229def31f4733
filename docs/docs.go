// Package docs holds what the program carries of its documentation.
package docs

import _ "embed"

// DemoID is the id of the demo procedure.
const DemoID = "incident-paiement-instantane"

// Demo is the demo's definition document.
//
//go:embed procedures/demo.json
var Demo []byte
