package run

import (
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"
)

// What the quick reader reads, the JSON reader reads too, and to the same.
func readAlike(t *testing.T, data []byte) (quick bool) {
	t.Helper()
	var plain, whole payload
	if quick = plainPayload(data, &plain); !quick {
		return false
	}
	require.NoError(t, json.Unmarshal(data, &whole), "%q", data)
	if len(plain.Slots) == 0 {
		plain.Slots = nil
	}
	if len(whole.Slots) == 0 {
		whole.Slots = nil
	}
	if len(plain.Checklist) == 0 {
		plain.Checklist = nil
	}
	if len(whole.Checklist) == 0 {
		whole.Checklist = nil
	}
	require.Equal(t, whole, plain, "%q", data)
	return true
}

var payloadTexts = map[string]bool{
	`{}`: true, `{"request_id":"r"}`: true, `{"request_id":"r","step":"é","visit":12}`: true,
	`{"checklist":[{"completed":true,"key":"a"},{"completed":false,"key":"b"}],"slots":{"a":"x","b":true,"c":"1.5","d":false},"step":"s","visit":1}`: true,
	`{"checklist":[],"slots":{},"step":"s"}`: true,

	``: false, `{`: false, `[]`: false, `{"step":"s"`: false, `{"step":"s"}}`: false, `{"step":"s",}`: false, `{"step":"a","step":"b"}`: false, `{"visit":1,"step":"s"}`: false,
	`{"step":"a\n"}`: false, "{\"step\":\"a\n\"}": false, `{"step":"` + "\xff" + `"}`: false, `{"visit":01}`: false, `{"visit":0}`: false, `{"visit":-1}`: false, `{"visit":1.0}`: false,
	`{"visit":12345678901234567890}`: false, `{"slots":{"b":"x","a":"y"}}`: false, `{"slots":{"a":null}}`: false, `{"slots":{"a":{}}}`: false, `{"slots":{"a":tru}}`: false,
	`{"checklist":[{"key":"a","completed":true}]}`: false, `{"checklist":[{"completed":true,"key":"a"}`: false, `{"reason":"r","step":"s"}`: false, `{"step":s}`: false,
}

func TestThePlainReaderSaysTheSameOrNothing(t *testing.T) {
	for text, quick := range payloadTexts {
		require.Equal(t, quick, readAlike(t, []byte(text)), text)
	}
}

func FuzzPlainPayload(f *testing.F) {
	for text := range payloadTexts {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) { readAlike(t, data) })
}
