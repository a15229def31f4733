package http

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAcceptHeader(t *testing.T) {
	const json, stream = "application/json", "text/event-stream"
	for header, want := range map[string]struct {
		json, stream, streamByName bool
	}{
		"":                                      {true, true, false},
		"  ":                                    {true, true, false},
		"*/*":                                   {true, true, false},
		"application/json":                      {true, false, false},
		"APPLICATION/JSON":                      {true, false, false},
		"application/*":                         {true, false, false},
		"text/*":                                {false, true, false},
		"text/html":                             {false, false, false},
		"text/event-stream":                     {false, true, true},
		"text/html, text/event-stream":          {false, true, true},
		"text/html\ntext/event-stream":          {false, true, true}, // two headers
		"text/event-stream ; q=0.5":             {false, true, true},
		"text/event-stream;q=0":                 {false, false, false},
		"text/event-stream;q=0.0":               {false, false, false},
		"text/event-stream;q=0.00":              {false, false, false},
		"text/event-stream;q=0.000":             {false, false, false},
		"text/event-stream;Q=0.00":              {false, false, false},
		"text/event-stream;q=0.001":             {false, true, true},
		"text/event-stream;q=1.000":             {false, true, true},
		"text/event-stream;q=1.5":               {false, true, true}, // an invalid quality is ignored
		"text/event-stream;q=-1":                {false, true, true},
		"text/event-stream;q=NaN":               {false, true, true},
		"text/event-stream;q=high":              {false, true, true},
		"text/event-stream;q=":                  {false, false, false}, // malformed elements are ignored
		"text/event-stream;q=1;q=0":             {false, false, false},
		"event-stream":                          {false, false, false},
		"*/event-stream":                        {false, false, false},
		";;":                                    {false, false, false},
		";;, application/json":                  {true, false, false},
		", ,application/json,":                  {true, false, false},
		"application/json;q=0, */*":             {false, true, false}, // the most specific range decides
		"*/*, application/json;q=0.00":          {false, true, false},
		"application/*;q=0, application/json":   {true, false, false},
		"text/*;q=0, */*;q=0.1":                 {true, false, false},
		"*/*;q=0":                               {false, false, false},
		"application/json;q=0,application/json": {true, false, false},
		`a/b;c="x,text/event-stream"`:           {false, false, false}, // a comma in a quoted string
		`a/b;c="\",",text/event-stream;q=0.1`:   {false, true, true},
	} {
		t.Run(header, func(t *testing.T) {
			accept := parseAccept(strings.Split(header, "\n"))
			require.Equal(t, want.json, accept.accepts(json))
			require.Equal(t, want.stream, accept.accepts(stream))
			require.Equal(t, want.streamByName, accept.acceptsByName(stream))
			require.False(t, accept.acceptsByName("text/css"))
		})
	}
	require.True(t, parseAccept(nil).accepts(json), "no header")
}

func TestParseQuality(t *testing.T) {
	for text, want := range map[string]float64{"0": 0, "0.000": 0, "0.5": .5, "1": 1, "1.000": 1, "2": 1, "": 1, "x": 1} {
		t.Run(strconv.Quote(text), func(t *testing.T) {
			require.InDelta(t, want, parseQuality(map[string]string{"q": text}), 0)
		})
	}
}
