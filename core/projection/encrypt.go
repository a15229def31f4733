package projection

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/procedo/procedo/core/commitment"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/slot"
)

// Secrets encrypts the values of sensitive slots before they are stored. The place says where a value belongs. It is
// authenticated with the value: Decrypt returns an error if it gets another place than Encrypt.
type Secrets interface {
	Encrypt(plain, place []byte) (sealed []byte, err error)
	// Decrypt returns ErrLostKey if the key with which the value was encrypted is not available.
	Decrypt(sealed, place []byte) (plain []byte, err error)
}

// The reasons why a sealed value that nobody has altered cannot be read.
var (
	ErrNoKeyset = errors.New("it is encrypted, and there is no keyset")
	ErrLostKey  = errors.New("the keyset lacks the key that encrypted it")
)

// IsKeyMissing reports whether a value cannot be read only because its key is missing.
func IsKeyMissing(err error) bool { return errors.Is(err, ErrNoKeyset) || errors.Is(err, ErrLostKey) }

// EncryptValues encrypts the values of sensitive slots among the rows of a run. The rows of one value must be next to
// each other; they become one row. Other rows are unchanged, and so are all rows if secrets is nil.
func EncryptValues(v *procedure.Version, runID string, rows []ValueRow, secrets Secrets) ([]ValueRow, error) {
	if secrets == nil || !v.HasSensitive() {
		return rows, nil
	}
	kept := make([]ValueRow, 0, len(rows))
	for rows := range bySlot(rows) {
		first := rows[0]
		if first.Salt == nil {
			kept = append(kept, rows...)
			continue
		}
		def, ok := findSlot(v, first.SlotRow)
		salt, valid := readSalt(first.Salt)
		if !ok || !valid {
			return nil, corrupt("%s cannot be encrypted", first.SlotRow)
		}
		value, err := readValue(def, rows)
		if err != nil {
			return nil, err
		}
		sealed, err := secrets.Encrypt(value.AppendRaw(salt[:]), placeOf(runID, first.SlotRow))
		if err != nil {
			return nil, fmt.Errorf("encrypting %s: %w", first.SlotRow, err)
		}
		kept = append(kept, ValueRow{
			SlotRow: first.SlotRow, Origin: first.Origin, Digest: first.Digest, ErasedAt: first.ErasedAt, Sealed: sealed,
		})
	}
	return kept, nil
}

// DecryptValues decrypts the sealed values among the rows of a run. A sealed value that cannot be read keeps its row,
// with the reason in Unreadable. The rows must be sorted.
func DecryptValues(v *procedure.Version, runID string, rows []ValueRow, secrets Secrets) []ValueRow {
	sealed := 0
	for i := range rows {
		if rows[i].Sealed != nil {
			sealed++
		}
	}
	if sealed == 0 {
		return rows
	}
	opened := make([]ValueRow, 0, len(rows))
	for rows := range bySlot(rows) {
		first := rows[0]
		if !slices.ContainsFunc(rows, func(r ValueRow) bool { return r.Sealed != nil }) {
			opened = append(opened, rows...)
			continue
		}
		value, err := decrypt(v, runID, rows, secrets)
		if err != nil {
			for _, r := range rows {
				r.Unreadable = err
				opened = append(opened, r)
			}
			continue
		}
		opened = appendDecrypted(opened, first, value)
	}
	return opened
}

// appendDecrypted appends the rows that a decrypted value has in clear.
func appendDecrypted(rows []ValueRow, sealed ValueRow, value unsealed) []ValueRow {
	return appendPlainRows(rows, ValueRow{
		SlotRow: sealed.SlotRow, Origin: sealed.Origin, Digest: sealed.Digest, ErasedAt: sealed.ErasedAt,
	}, value, &texts{})
}

// decrypt returns the value and the salt of a sealed value, whose rows must be a single one. It returns an error unless
// they match the digest in the row.
func decrypt(v *procedure.Version, runID string, rows []ValueRow, secrets Secrets) (unsealed, error) {
	row := rows[0]
	def, ok := findSlot(v, row.SlotRow)
	if !ok || !def.Sensitive || row.Digest == nil {
		return unsealed{}, corrupt("%s is sealed, although it is not sensitive", row.SlotRow)
	}
	if len(rows) > 1 || row.Ordinal != 0 || row.hasPlainValue() {
		return unsealed{}, corrupt("%s is not stored once", row.SlotRow)
	}
	if secrets == nil {
		return unsealed{}, ErrNoKeyset
	}
	plain, err := secrets.Decrypt(row.Sealed, placeOf(runID, row.SlotRow))
	if err != nil {
		return unsealed{}, err
	}
	var salt commitment.Salt
	if len(plain) < len(salt) {
		return unsealed{}, corrupt("%s is too short", row.SlotRow)
	}
	value := def.ReadUnchecked(plain[copy(salt[:], plain):])
	if value.IsAbsent() || value.Shape() == slot.ListShape && len(value.List()) == 0 ||
		!value.SealedWith(salt).Identical(slot.SealedValue(*row.Digest)) {
		return unsealed{}, corrupt("%s is not the value of its digest", row.SlotRow)
	}
	return unsealed{value: value, salt: salt.String()}, nil
}

// hasPlainValue reports whether the row has a value or a salt in clear.
func (r *ValueRow) hasPlainValue() bool {
	return r.Text != nil || r.Number != nil || r.Boolean != nil || r.Date != nil || r.Timestamp != nil ||
		r.Literal != nil || r.Salt != nil
}

// placeOf returns the place of a value as bytes. The texts are preceded by their lengths, so that different places have
// different bytes. The bytes must never change: stored values are bound to them.
func placeOf(runID string, at SlotRow) []byte {
	place := []byte("run_slot_values")
	for _, text := range []string{runID, at.Step, at.Slot} {
		place = append(binary.AppendUvarint(place, uint64(len(text))), text...)
	}
	return binary.AppendUvarint(place, uint64(at.Visit)) //nolint:gosec // visits are positive
}

// findSlot returns the definition of a slot.
func findSlot(v *procedure.Version, at SlotRow) (*slot.Slot, bool) {
	i, ok := v.StepIndex(at.Step)
	if !ok {
		return nil, false
	}
	j, ok := v.Steps[i].SlotIndex(at.Slot)
	if !ok {
		return nil, false
	}
	return &v.Steps[i].Slots[j], true
}

// CountSealed returns the number of values among the rows that cannot be read because there is no keyset.
func CountSealed(rows []ValueRow) (n int) {
	for i := range rows {
		if errors.Is(rows[i].Unreadable, ErrNoKeyset) {
			n++
		}
	}
	return n
}

// Reseal returns the changes that encrypt again the values of sensitive slots that are in clear, and the sealed values
// that are not current. unreadable is the number of those that cannot be read; they stay as they are. The rows must be
// sorted.
func Reseal(
	v *procedure.Version, runID string, rows []ValueRow, secrets Secrets, isCurrent func(sealed []byte) bool,
) (c Changes, unreadable int) {
	for rows := range bySlot(rows) {
		first := rows[0]
		if first.Digest == nil || first.ErasedAt != nil || first.Sealed != nil && isCurrent(first.Sealed) {
			continue
		}
		plain := DecryptValues(v, runID, rows, secrets)
		sealed, err := EncryptValues(v, runID, plain, secrets)
		if err != nil || len(sealed) != 1 || plain[0].Unreadable != nil || sealed[0].Sealed == nil {
			unreadable++
			continue
		}
		c.DeletedValues = append(c.DeletedValues, first.SlotRow)
		c.Values = append(c.Values, sealed[0])
	}
	return c, unreadable
}
