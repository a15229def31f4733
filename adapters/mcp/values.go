package mcp

import (
	"encoding/json"
	"slices"
	"unicode/utf8"

	"github.com/procedo/procedo/api/client"
)

// maxText is the number of characters of a text that every answer shows: an assistant pays for what it reads.
const maxText = 1000

// cutText stands for a longer text. It is no text, so that it is not taken for the value, and refused where it is sent
// as one. get_run shows the whole text if it names the step.
type cutText struct {
	Cut    string `json:"cut"`    // the first characters
	Length int    `json:"length"` // of the whole, in characters
}

// shortened returns values with long texts cut.
func shortened(values client.Values) (client.Values, error) {
	short := make(client.Values, len(values))
	for name, value := range values {
		short[name] = value
		if len(value) <= maxText || value[0] != '"' {
			continue
		}
		var text string
		if err := json.Unmarshal(value, &text); err != nil {
			return nil, err
		}
		length := utf8.RuneCountInString(text)
		if length <= maxText {
			continue
		}
		cut, err := marshal(cutText{string([]rune(text)[:maxText]), length})
		if err != nil {
			return nil, err
		}
		short[name] = cut
	}
	return short, nil
}

// shownValues returns the values of a step that can be read. In the API, the others are null, which an assistant would
// take for no value.
func shownValues(step client.RunStep) client.Values {
	values := client.Values{}
	for name, value := range step.Slots {
		if !slices.Contains(step.Sensitive, name) && !slices.Contains(step.Erased, name) {
			values[name] = value
		}
	}
	return values
}
