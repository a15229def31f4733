package terminal

import (
	"bytes"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestTextThatCanBeReadIsPrintedAsItIs(t *testing.T) {
	for _, text := range []string{
		"", "plain", "Étape n°\u00a01\u202f: l’œuvre — «\u00a0déjà vu\u00a0»", "👩‍👩‍👧‍👦 🏳️‍🌈 ❤️ 🇨🇭 👍🏽", "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
		"e\u0301 a\u0308 Z\u0351\u036b", "漢字かな交じり文 한국어", "שלום עולם", "مرحبا بالعالم", "می\u200cخواهم", "क्ष\u200dत्र",
		"ไทย\u200bภาษา", "soft\u00adhyphen", "₿ € ½ ≤ ∑", `C:\path\x1b and \u001b`, "\ue0b0 powerline", "a\ufffdb",
	} {
		require.Equal(t, text, Escape(text))
		require.Equal(t, text, EscapeLine(text))
	}
	require.Equal(t, "two\nlines\tand a tab", Escape("two\nlines\tand a tab"))
}

func TestWhatControlsATerminalIsEscaped(t *testing.T) {
	for text, want := range map[string]string{
		"\x1b[2J":      `\u001b[2J`,
		"a\rb":         `a\rb`,
		"a\bb\x00\x07": `a\u0008b\u0000\u0007`,
		"\x7f":         `\u007f`,
		"\u009b31m":    `\u009b31m`,
		"\x9b31m":      `\x9b31m`,
		"\u0085":       `\u0085`,
		"\u202eabc":    `\u202eabc`, "\u2066\u2069": `\u2066\u2069`, "\u200e\u200f\u061c": `\u200e\u200f\u061c`,
		"\u2028\u2029": `\u2028\u2029`,
		"\ufff9\u206a": `\ufff9\u206a`,
		"\U000e0001":   `\U000e0001`,
		"é\xc3":        `é\xc3`,
		"\xed\xa0\x80": `\xed\xa0\x80`,
	} {
		require.Equal(t, want, Escape(text))
		require.Equal(t, want, EscapeLine(text))
	}
	require.Equal(t, `a\nb\tc`, EscapeLine("a\nb\tc"))
}

// TestNothingControlsATerminal checks every text, in one piece and written in parts.
func TestNothingControlsATerminal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")) + rapid.StringOf(rapid.RuneFrom(nil,
			unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Bidi_Control, unicode.L, unicode.Mn)).Draw(t, "text")
		clean := Escape(text)
		requireHarmless(t, clean, "\n\t")
		requireHarmless(t, EscapeLine(text), "")
		require.Equal(t, clean, Escape(clean), "escaping again changes nothing")
		var out bytes.Buffer
		w := EscapingWriter(&out)
		for rest := text; rest != ""; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "part")
			_, err := w.Write([]byte(rest[:n]))
			require.NoError(t, err)
			rest = rest[n:]
		}
		require.True(t, strings.HasPrefix(clean, out.String()), "only the beginning of a character may be missing")
		_, err := w.Write([]byte("."))
		require.NoError(t, err)
		require.Equal(t, clean+".", out.String())
	})
}

func requireHarmless(t require.TestingT, text, allowed string) {
	require.True(t, utf8.ValidString(text), "%q", text)
	for _, r := range text {
		if !strings.ContainsRune(allowed, r) {
			require.False(t, unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp), "%q", text)
		}
	}
}

// recordingConsole is a console that records what is written to it.
type recordingConsole struct {
	Console
	bytes.Buffer
}

func (c *recordingConsole) Write(p []byte) (int, error) { return c.Buffer.Write(p) }

func TestATextFromOutsideHasNoStyle(t *testing.T) {
	marks := string(Good) + "✓ verified" + string(reset)
	var c recordingConsole
	Printf(&c, "%s %s %s", styled(Bad, "✗"), marks, paragraph(marks+"\nmore"))
	Printf(&c, "%s", styled(Strong, marks+"\nmore"))
	Printf(&c, "%s", styled(Faint, marks))
	text := c.String()
	require.Equal(t, 0, strings.Count(text, string(Good)))
	require.Equal(t, 1, strings.Count(text, string(Bad)))
	require.Equal(t, 3, strings.Count(text, string(reset)), "only where a style was begun")
	require.Contains(t, text, `\nmore`, "a title stays on its line")
}
