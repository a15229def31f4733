package audit

import (
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/note"
)

// StoredNote is a stored checkpoint: its number, its signed note, perhaps with cosignatures of witnesses, and its
// header in the log. A checkpoint of an earlier release has no header.
type StoredNote struct {
	Number int64
	Note   string
	Header string
}

// Open parses the checkpoint and verifies its signatures. It returns an error if the text is not that of a checkpoint,
// or if one of the keys that it names did not sign it. In the earlier form, nobody else may have signed it; in the
// present form, the signatures of others are ignored (c2sp.org/tlog-checkpoint).
func (n StoredNote) Open() (c Checkpoint, err error) {
	text, signatures, found := strings.Cut(n.Note, "\n\n")
	text += "\n"
	switch {
	case !found:
		return c, Wrong("not_a_note").Err()
	case n.Header == "":
		c, err = parseEarlier(text)
	default:
		c, err = parseHeader(n.Header)
		if err == nil {
			c.Log, err = ParseLogHead(text)
		}
	}
	if err == nil {
		err = checkSignatures(n.Note, signatures, c)
	}
	if err != nil {
		return Checkpoint{}, err
	}
	return c, nil
}

// ParseNoteOfLog parses the text of a signed note that is part of a log. It does not verify the signatures.
func ParseNoteOfLog(signed string) (h LogHead, err error) {
	text, signatures, found := strings.Cut(signed, "\n\n")
	if !found {
		return h, Wrong("not_a_note").Err()
	}
	if _, err := SignatureLines(signatures); err != nil {
		return h, err
	}
	return ParseLogHead(text + "\n")
}

// parseHeader parses a text in exactly the form that Checkpoint.Header returns.
func parseHeader(text string) (c Checkpoint, err error) {
	fields := strings.Split(strings.TrimSuffix(text, "\n"), " ")
	const keys = 8 // index of the first key
	if len(fields) <= keys || fields[0] != CheckpointEntity {
		return c, Wrong("header").Err()
	}
	errs := make([]error, 4)
	c.Number, errs[0] = strconv.ParseInt(fields[1], 10, 64)
	c.Time, errs[1] = ParseTime(fields[2])
	c.Leaves, errs[2] = strconv.ParseInt(fields[3], 10, 64)
	c.Until, errs[3] = ParseCursor(strings.Join(fields[4:keys], " "))
	c.Keys = fields[keys:]
	if err := errors.Join(errs...); err != nil || c.Header() != text || c.Number < 1 || c.Leaves < 1 {
		return c, errors.Join(Wrong("header").Err(), err)
	}
	return c, nil
}

// maxSignatures is the greatest number of signatures of a note. Others are not read.
const maxSignatures = 64

var errSigners = Wrong("signers").Err()

// checkSignatures verifies the signatures of a note by the keys that its checkpoint names.
func checkSignatures(signed, signatures string, c Checkpoint) error {
	verifiers := make([]note.Verifier, len(c.Keys))
	for i, key := range c.Keys {
		v, err := newVerifier(key)
		if err != nil {
			return fmt.Errorf("key %q: %w", key, err)
		}
		verifiers[i] = v
	}
	lines, err := SignatureLines(signatures)
	if err != nil {
		return err
	}
	if _, err := note.Open([]byte(signed), note.VerifierList(verifiers...)); err != nil {
		return errors.Join(errSigners, err)
	}
	own := 0 // note.Open ignores repeated signatures
	for _, l := range lines {
		if slices.ContainsFunc(verifiers, func(v note.Verifier) bool {
			return v.Name() == l.Name && v.KeyHash() == l.Hash
		}) {
			own++
		}
	}
	if own != len(verifiers) || !c.InLog() && own != len(lines) {
		return errSigners
	}
	return nil
}

// SignatureLine is a line with a signature of a note.
type SignatureLine struct {
	Name      string
	Hash      uint32 // of the key
	Signature []byte
}

// SignatureLines parses 1 to 64 lines with signatures of a note (c2sp.org/signed-note).
func SignatureLines(text string) (all []SignatureLine, err error) {
	errLines := Wrong("signature_lines").Err()
	text, ended := strings.CutSuffix(text, "\n")
	if !ended {
		return nil, errLines
	}
	for line := range strings.SplitSeq(text, "\n") {
		fields := strings.Split(line, " ")
		if len(fields) != 3 || fields[0] != "—" || !validName(fields[1]) || len(all) == maxSignatures {
			return nil, errLines
		}
		const hashSize = 4
		raw, err := base64.StdEncoding.DecodeString(fields[2])
		// DecodeString skips line breaks and accepts several texts for the same bytes.
		exact := err == nil && base64.StdEncoding.EncodeToString(raw) == fields[2]
		if !exact || len(raw) <= hashSize || strings.ContainsFunc(line, func(r rune) bool { return r < ' ' }) {
			return nil, errLines
		}
		hash := uint32(raw[0])<<24 | uint32(raw[1])<<16 | uint32(raw[2])<<8 | uint32(raw[3])
		all = append(all, SignatureLine{Name: fields[1], Hash: hash, Signature: raw[hashSize:]})
	}
	return all, nil
}

// validName reports whether a text can be the name of a key (c2sp.org/signed-note).
func validName(name string) bool {
	return name != "" && utf8.ValidString(name) && !strings.ContainsFunc(name, unicode.IsSpace) && !strings.Contains(name, "+")
}

// SplitNotes splits a text into the signed notes that it contains, separated by empty lines.
func SplitNotes(text string) (notes []string) {
	var b strings.Builder
	signatures := false // whether the lines with signatures of the note have begun
	end := func() {
		if b.Len() > 0 {
			notes = append(notes, b.String())
		}
		b.Reset()
		signatures = false
	}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n") + "\n"
		switch isSignature := strings.HasPrefix(line, "— "); {
		case line == "\n" && (b.Len() == 0 || signatures):
			end()
			continue
		case signatures && !isSignature:
			end()
		default:
			signatures = isSignature
		}
		b.WriteString(line)
	}
	end()
	return notes
}
