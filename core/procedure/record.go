package procedure

import (
	"fmt"
	"time"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/condition"
)

// VersionRecord is the stored record of a version, without its document.
type VersionRecord struct {
	ID        string // id of the procedure
	Version   int
	Digest    string
	Meaning   condition.Meaning // of the version's conditions
	CreatedAt time.Time
	CreatedBy string
}

// Record is the stored record of a procedure: its latest version, its status, and the head of its audit trail.
type Record struct {
	VersionRecord
	Name        string
	Description string
	Language    string
	Status      Status
	Head        audit.Head
	LastEventAt time.Time // time of the last event of the trail
}

// Size returns the length of the record's texts, in bytes. Short ones, such as ids, are left out.
func (r *Record) Size() int { return len(r.Name) + len(r.Description) }

// Tag returns the entity tag (ETag) of the record. It changes when the version, its content or the status changes.
func (r Record) Tag() string {
	const shown = len("sha256:") + 16
	return fmt.Sprintf("%d-%s-%s", r.Version, r.Digest[len("sha256:"):min(shown, len(r.Digest))], r.Status)
}

// RecordOf returns the record of a procedure whose latest version is v. Status and head are taken from the former
// record. For a new procedure, the former record is the zero Record, and the status becomes active.
func RecordOf(v *Version, former Record) Record {
	r := Record{
		VersionRecord: VersionRecord{
			ID: v.ID, Version: v.Number, Digest: v.Digest, Meaning: v.Meaning, CreatedAt: v.CreatedAt,
			CreatedBy: v.CreatedBy,
		},
		Name: v.Name, Description: v.Description, Language: v.Language, Status: former.Status, Head: former.Head,
		LastEventAt: former.LastEventAt,
	}
	if r.Status == "" {
		r.Status = Active
	}
	return r
}

// Compile reads a stored version from its canonical bytes, with the recorded meaning of its conditions. It returns an
// error if the bytes do not match the recorded digest or are not a valid definition, or if the meaning is unknown.
func Compile(rec VersionRecord, canonical []byte, language condition.Language) (*Version, error) {
	if d := Digest(canonical); d != rec.Digest {
		return nil, fmt.Errorf("procedure %s version %d: the document has digest %s, not %s",
			rec.ID, rec.Version, d, rec.Digest)
	}
	if !rec.Meaning.Known() {
		return nil, fmt.Errorf("procedure %s version %d: unknown meaning %d of its conditions",
			rec.ID, rec.Version, rec.Meaning)
	}
	def, issues := readCanonical(canonical, language, rec.Meaning)
	if issues.Count > 0 {
		return nil, fmt.Errorf("procedure %s version %d: stored document: %s at %s",
			rec.ID, rec.Version, issues.First[0].Code, issues.First[0].Field)
	}
	return &Version{
		Definition: def, Number: rec.Version, Digest: rec.Digest, CreatedAt: rec.CreatedAt, CreatedBy: rec.CreatedBy,
	}, nil
}
