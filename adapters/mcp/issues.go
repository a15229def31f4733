package mcp

import (
	"fmt"
	"slices"
	"strings"

	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/core/fault"
)

// forAssistant returns issues of values with messages for an assistant. Those of the API are for people, who see the
// labels of options and a field for a number; an assistant sends the values behind the labels, and JSON.
func forAssistant(locale i18n.Locale, issues []client.Issue) []client.Issue {
	worded := slices.Clone(issues)
	for i, issue := range worded {
		switch issue.Code {
		case "validation.enum":
			byValue := locale.Issue(fault.Issue{Field: issue.Field, Code: issue.Code, Params: issue.Params})
			if values := valuesOf(issue.Params["allowed"]); values != "" && issue.Message != byValue {
				worded[i].Message = issue.Message + " " + locale.Text("assistant.values", fault.Params{"values": values})
			}
		case "validation.type":
			if kind := issue.Params["expected"]; kind == "integer" || kind == "number" {
				worded[i].Message = locale.Text(fmt.Sprint("assistant.type.", kind), nil)
			}
		}
	}
	return worded
}

// valuesOf returns the values of options, as JSON has them.
func valuesOf(allowed any) string {
	all, _ := allowed.([]any)
	values := make([]string, len(all))
	for i, value := range all {
		text, err := marshal(value)
		if err != nil {
			return ""
		}
		values[i] = string(text)
	}
	return strings.Join(values, ", ")
}
