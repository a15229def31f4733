package http

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// The rules of RFC 7240, section 2: lists and several headers, parameters, quoted values, names without regard to case,
// the first occurrence counts, and everything that is unknown is ignored.
func TestThePreferenceForNumbersIsFoundInEveryFormOfTheHeader(t *testing.T) {
	for header, want := range map[string]numberForm{
		"numbers=string":                             stringNumbers,
		"Numbers=String":                             stringNumbers,
		"NUMBERS=STRING":                             stringNumbers,
		`numbers="string"`:                           stringNumbers,
		`numbers="st\ring"`:                          stringNumbers,
		"numbers = string":                           stringNumbers,
		" \tnumbers\t=\tstring\t ":                   stringNumbers,
		"numbers=string; strict":                     stringNumbers,
		`numbers=string ;a="b;c,d"; e=f`:             stringNumbers,
		`numbers="string";`:                          stringNumbers,
		"numbers=string;;x":                          stringNumbers,
		"return=minimal, numbers=string":             stringNumbers,
		"return=minimal,numbers=string,wait=10":      stringNumbers,
		", ,numbers=string,":                         stringNumbers,
		`foo="a, numbers=integer", numbers=string`:   stringNumbers,
		`foo="\", numbers=integer", numbers=string`:  stringNumbers,
		"respond-async\nnumbers=string":              stringNumbers,
		"numbers=string\nnumbers=integer":            stringNumbers,
		"numbers=string, numbers=integer":            stringNumbers,
		"=x, numbers=string":                         stringNumbers,
		"two words, numbers=string":                  stringNumbers,
		"numbers=a b, numbers=string":                stringNumbers,
		`return="minimal" x, numbers=string`:         stringNumbers,
		"x-numbers=integer; numbers, numbers=string": stringNumbers,
		"":                                jsonNumbers,
		";":                               jsonNumbers,
		"; numbers=string":                jsonNumbers,
		"numbers":                         jsonNumbers,
		"numbers=":                        jsonNumbers,
		`numbers=""`:                      jsonNumbers,
		"numbers=strings":                 jsonNumbers,
		`numbers=" string"`:               jsonNumbers,
		"numbers=string x":                jsonNumbers,
		`numbers="string`:                 jsonNumbers,
		`numbers="string" x`:              jsonNumbers,
		`numbers="string\`:                jsonNumbers,
		"numbers==string":                 jsonNumbers,
		"numbers:string":                  jsonNumbers,
		"number=string":                   jsonNumbers,
		"xnumbers=string":                 jsonNumbers,
		"numbers=integer, numbers=string": jsonNumbers,
		"numbers, numbers=string":         jsonNumbers,
		"numbers=integer\nnumbers=string": jsonNumbers,
		"foo; numbers=string":             jsonNumbers,
		"foo=numbers=string":              jsonNumbers,
		`foo="numbers=string"`:            jsonNumbers,
		`foo="x, numbers=string`:          jsonNumbers,
		"numbers=ﬅring":                   jsonNumbers,
		"numbers=\"\u017ftring\"":         jsonNumbers,
		"numbers=\u017ftring":             jsonNumbers,
	} {
		h := http.Header{preferHeader: strings.Split(header, "\n")}
		require.Equal(t, want, numberFormOf(h), "%q", header)
		joinLists(h)
		require.Len(t, h[preferHeader], 1)
		require.Equal(t, want, numberFormOf(h), "%q joined", header)
	}
	require.Equal(t, jsonNumbers, numberFormOf(http.Header{}))
}

func TestNoPreferHeaderIsTooStrangeToBeRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SampledFrom([]string{"numbers", "string", "=", ";", ",", `"`, `\`, " ", "\t", "é", "x", "\x00"})
		header := strings.Join(rapid.SliceOfN(parts, 0, 12).Draw(t, "parts"), "")
		separate := rapid.Bool().Draw(t, "separate")
		values := []string{header}
		if separate {
			values = strings.SplitN(header, ",", 2)
		}
		form := numberFormOf(http.Header{preferHeader: values})
		if form == stringNumbers {
			require.Contains(t, header, "numbers")
			require.Contains(t, header, "string")
		}
	})
}
