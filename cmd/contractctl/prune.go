package main

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// prune returns a document without the components that nothing refers to from its paths, directly or indirectly.
func prune(doc *yaml.Node) *yaml.Node {
	doc = clone(doc)
	used := map[string]bool{}
	markUsed(doc, get(doc, "paths"), used)
	components := get(doc, "components")
	for i := 0; i < len(components.Content); i += 2 {
		kind, named := components.Content[i].Value, components.Content[i+1]
		if kind == "securitySchemes" {
			continue // requirements name them without a reference
		}
		for j := len(named.Content) - 2; j >= 0; j -= 2 {
			if !used["#/components/"+kind+"/"+named.Content[j].Value] {
				named.Content = slices.Delete(named.Content, j, j+2)
			}
		}
	}
	return doc
}

// markUsed records the references within an object, and those within the components that they name.
func markUsed(doc, n *yaml.Node, used map[string]bool) {
	if ref := get(n, "$ref"); ref != nil && ref.Kind == yaml.ScalarNode && strings.HasPrefix(ref.Value, "#/components/") {
		if used[ref.Value] {
			return
		}
		used[ref.Value] = true
		if target, err := resolve(doc, ref.Value); err == nil {
			markUsed(doc, target, used)
		}
	}
	for _, child := range n.Content {
		markUsed(doc, child, used)
	}
}
