package terminal

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestTextIsWrappedAtWordsByColumns(t *testing.T) {
	for _, c := range []struct {
		text  string
		limit int
		want  string
	}{
		{"one two three", 8, "one two\nthree"},
		{"one two three", 13, "one two three"},
		{"one two three", 0, "one two three"},
		{"  one two three", 9, "  one two\n  three"},
		{"a\n\n  one two three", 9, "a\n\n  one two\n  three"},
		{"see https://example.org/long for more", 12, "see\nhttps://example.org/long\nfor more"},
		{"été\u00a0: non", 5, "été\u00a0:\nnon"},
		{"e\u0301te\u0301 non", 7, "e\u0301te\u0301 non"}, // combining accents take up no column
		{"手順 を 実行", 8, "手順 を\n実行"},
		{"手順を実行", 6, "手順を\n実行"},
		{"手順を実行。", 10, "手順を実\n行。"},
		{string(styled(Bad, "✗")) + " one two", 9, string(styled(Bad, "✗")) + " one two"},
	} {
		require.Equal(t, c.want, Wrap(c.text, c.limit), "%q %d", c.text, c.limit)
	}
}

func TestWrappingKeepsTheTextAndFitsTheLimit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[a-zé手e\x{301}]{1,6}`), 1, 12).Draw(t, "words")
		limit := rapid.IntRange(12, 40).Draw(t, "limit")
		text := strings.Join(words, " ")
		wrapped := Wrap(text, limit)
		unbroken := func(text string) string { return strings.NewReplacer(" ", "", "\n", "").Replace(text) }
		require.Equal(t, unbroken(text), unbroken(wrapped))
		for line := range strings.SplitSeq(wrapped, "\n") {
			require.LessOrEqual(t, textColumns(line), limit, wrapped)
		}
	})
}
