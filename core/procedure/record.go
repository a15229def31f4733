package procedure

import (
	"fmt"
	"time"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/condition"
)

// VersionRecord is the stored record of a version, without its document.
type VersionRecord struct {
	ID        string // of the procedure
	Version   int
	Digest    string
	CreatedAt time.Time
	CreatedBy string
}

// Record is the stored record of a procedure: its latest version, its status, and the head of its trail.
type Record struct {
	VersionRecord
	Name        string
	Description string
	Language    string
	Status      Status
	Head        audit.Head
}

// Tag returns the entity tag of the record, which changes with the version, its content and the status.
func (r Record) Tag() string {
	const shown = len("sha256:") + 16
	return fmt.Sprintf("%d-%s-%s", r.Version, r.Digest[len("sha256:"):min(shown, len(r.Digest))], r.Status)
}

// RecordOf returns the record of a procedure with v as its latest version. Status and head are those of the former
// record. A new procedure is active.
func RecordOf(v *Version, former Record) Record {
	r := Record{
		VersionRecord: VersionRecord{
			ID: v.ID, Version: v.Number, Digest: v.Digest, CreatedAt: v.CreatedAt, CreatedBy: v.CreatedBy,
		},
		Name: v.Name, Description: v.Description, Language: v.Language, Status: former.Status, Head: former.Head,
	}
	if r.Status == "" {
		r.Status = Active
	}
	return r
}

// Compile reads a stored version from its canonical bytes. An error means that they are not those that were
// published.
func Compile(rec VersionRecord, canonical []byte, language condition.Language) (*Version, error) {
	if d := Digest(canonical); d != rec.Digest {
		return nil, fmt.Errorf("procedure %s version %d: the document has digest %s, not %s",
			rec.ID, rec.Version, d, rec.Digest)
	}
	def, issues := ReadCanonical(canonical, language)
	if len(issues) > 0 {
		return nil, fmt.Errorf("procedure %s version %d: stored document: %s at %s",
			rec.ID, rec.Version, issues[0].Code, issues[0].Field)
	}
	return &Version{
		Definition: def, Number: rec.Version, Digest: rec.Digest, CreatedAt: rec.CreatedAt, CreatedBy: rec.CreatedBy,
	}, nil
}
