package audit_test

import (
	"encoding/base64"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	fnote "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
	"pgregory.net/rapid"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/audit/audittest"
)

func line(name string, raw []byte) string {
	return "— " + name + " " + base64.StdEncoding.EncodeToString(raw) + "\n"
}

func parsedLine(t require.TestingT, text string) audit.SignatureLine {
	all, err := audit.SignatureLines(text)
	require.NoError(t, err)
	require.Len(t, all, 1)
	return all[0]
}

// asEd25519 returns the verifier key of a witness as one of algorithm 1.
func asEd25519(t require.TestingT, w *audittest.Witness) string {
	key, err := base64.StdEncoding.DecodeString(strings.SplitN(w.PublicKey, "+", 3)[2])
	require.NoError(t, err)
	vkey, err := note.NewEd25519VerifierKey(w.Name, key[1:])
	require.NoError(t, err)
	converted, err := fnote.VKeyToCosignatureV1(vkey)
	require.NoError(t, err)
	require.Equal(t, w.PublicKey, converted)
	return vkey
}

// TestCosignaturesAreThoseOfAnotherImplementation lets transparency-dev/formats judge random heads, times and changes.
func TestCosignaturesAreThoseOfAnotherImplementation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom([]string{"w", "witness.example", "témoin/1"}).Draw(t, "name")
		w := audittest.NewWitness(name, "w")
		vkey := w.PublicKey
		if rapid.Bool().Draw(t, "algorithm 1") {
			vkey = asEd25519(t, w)
		}
		own, err := audit.ParseWitnessKey(vkey)
		require.NoError(t, err)
		judge, err := fnote.NewVerifierForCosignatureV1(vkey)
		require.NoError(t, err)
		require.Equal(t, judge.Name(), own.Name)

		head := audit.LogHead{Origin: "example.com/log", Size: rapid.Int64Range(1, 1<<40).Draw(t, "size")}
		copy(head.Root[:], rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "root"))
		text, seconds := head.Text(), rapid.Uint64Range(0, math.MaxInt64).Draw(t, "time")
		l := parsedLine(t, w.Sign(text, seconds))
		require.Equal(t, judge.KeyHash(), l.Hash)
		require.True(t, own.Signed(l))
		require.True(t, judge.Verify([]byte(text), l.Signature))
		at, err := own.Verify(text, l)
		require.NoError(t, err)
		require.Equal(t, int64(seconds), at.Unix())
		require.Equal(t, time.UTC, at.Location())

		if rapid.Bool().Draw(t, "change the text") {
			i := rapid.IntRange(0, len(text)-1).Draw(t, "place")
			text = text[:i] + string(text[i]^1) + text[i+1:]
		} else {
			change := rapid.SampledFrom([]string{"flip", "cut", "add"}).Draw(t, "change")
			switch i := rapid.IntRange(0, len(l.Signature)-1).Draw(t, "place"); change {
			case "flip":
				l.Signature[i] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
			case "cut":
				l.Signature = l.Signature[:i]
			default:
				l.Signature = append(l.Signature, 0)
			}
		}
		require.False(t, judge.Verify([]byte(text), l.Signature))
		_, err = own.Verify(text, l)
		require.Error(t, err)
	})
}

func TestACosignatureOfAnotherKeyIsNotAccepted(t *testing.T) {
	w, same := audittest.NewWitness("witness.example", "w"), audittest.NewWitness("witness.example", "x")
	text := audit.LogHead{Origin: "o", Size: 3}.Text()
	for name, l := range map[string]audit.SignatureLine{
		"another key of the name":     parsedLine(t, same.Sign(text, 7)),
		"the key under another name":  parsedLine(t, audittest.NewWitness("other.example", "w").Sign(text, 7)),
		"a time beyond what time has": parsedLine(t, w.Sign(text, math.MaxUint64)),
	} {
		_, err := w.Key.Verify(text, l)
		require.Error(t, err, name)
	}
	_, err := w.Key.Verify(text, parsedLine(t, w.Sign(text, 7)))
	require.NoError(t, err)
}

func TestKeysOfWitnessesAreParsedStrictly(t *testing.T) {
	good := audittest.NewWitness("witness.example", "w").PublicKey
	private, _, err := audit.GenerateKey(strings.NewReader(strings.Repeat("w", 32)), "witness.example")
	require.NoError(t, err)
	name, rest, _ := strings.Cut(good, "+")
	hash, key, _ := strings.Cut(rest, "+")
	_, mldsa, err := fnote.GenerateMLDSAKey("witness.example")
	require.NoError(t, err)
	for problem, text := range map[string]string{
		"empty":                "",
		"without a hash":       name + "+" + key,
		"another name":         "x" + good,
		"no name":              good[len(name):],
		"a space in the name":  "a b" + good[len(name):],
		"another hash":         name + "+00000000+" + key,
		"a hash in capitals":   name + "+" + strings.ToUpper(hash) + "+" + key,
		"a short key":          name + "+" + hash + "+" + key[:len(key)-4],
		"no base64":            name + "+" + hash + "+" + key[:len(key)-1] + "!",
		"a line break":         name + "+" + hash + "+" + key[:8] + "\n" + key[8:],
		"a line break after":   good + "\n",
		"a private key":        private,
		"an algorithm unknown": mldsa,
	} {
		require.NotEqual(t, good, text, problem)
		_, err := audit.ParseWitnessKey(text)
		require.Error(t, err, problem)
	}
}

func TestCosignaturesOfANoteAreCountedOncePerWitness(t *testing.T) {
	l := newTestLog()
	s := l.next(t, someLeaves(2), key(t, "alice"))
	a, b := audittest.NewWitness("a.example", "a"), audittest.NewWitness("b.example", "b")
	stranger := audittest.NewWitness("c.example", "c")
	text := s.Text()
	forged := b.Sign(text+"x", 5)
	signed := s.Note.Note + stranger.Sign(text, 1) + a.Sign(text, 2) + a.Sign(text, 3) + forged
	trusted := []audit.WitnessKey{b.Key, a.Key}

	valid, invalid := audit.Cosignatures(signed, trusted)
	require.Equal(t, []audit.Cosignature{{Witness: "a.example", Time: time.Unix(2, 0).UTC()}}, valid)
	require.Equal(t, []string{"b.example"}, invalid)

	valid, invalid = audit.Cosignatures(signed+b.Sign(text, 6), trusted)
	require.Len(t, valid, 2)
	require.Equal(t, []string{"b.example"}, invalid, "a valid line does not make up for another")

	valid, invalid = audit.Cosignatures(signed, nil)
	require.Empty(t, valid)
	require.Empty(t, invalid)
	valid, invalid = audit.Cosignatures(strings.TrimSuffix(signed, "\n"), trusted)
	require.Empty(t, valid, "a note that is not well-formed")
	require.Empty(t, invalid)
}

func TestLinesWithSignaturesHaveOneForm(t *testing.T) {
	good := audittest.NewWitness("w", "w").Sign("text\n", 7)
	parsedLine(t, good)
	for problem, text := range map[string]string{
		"a carriage return":       strings.TrimSuffix(good, "\n") + "\r\n",
		"one within the base64":   good[:20] + "\r" + good[20:],
		"bits that are not used":  line("w", []byte("12345"))[:len(line("w", []byte("12345")))-3] + "V=\n",
		"a name with a plus sign": strings.Replace(good, " w ", " w+ ", 1),
		"a hash alone":            line("w", []byte("1234")),
	} {
		_, err := audit.SignatureLines(text)
		require.Error(t, err, problem)
	}
}
