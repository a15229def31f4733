package procedure

import (
	"fmt"
	"time"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/condition"
)

// VersionRecord is what is stored about one version beside its document.
type VersionRecord struct {
	ID        string // of the procedure
	Version   int
	Digest    string
	CreatedAt time.Time
	CreatedBy string
}

// Record is what is stored about a procedure: its latest version, its status, and where its trail ends.
type Record struct {
	VersionRecord
	Name        string
	Description string
	Language    string
	Status      Status
	Head        audit.Head
}

// Tag names the state of the record: it changes with version, content and status.
func (r Record) Tag() string {
	const shown = len("sha256:") + 16
	return fmt.Sprintf("%d-%s-%s", r.Version, r.Digest[len("sha256:"):min(shown, len(r.Digest))], r.Status)
}

// RecordOf returns a procedure's record with the version as its latest; status and head are those of the former record. A
// new procedure is active.
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

// Compile reads a stored version from its canonical bytes. An error means that the bytes are not what was published.
func Compile(rec VersionRecord, canonical []byte, language condition.Language) (*Version, error) {
	if d := Digest(canonical); d != rec.Digest {
		return nil, fmt.Errorf("procedure %s version %d: the document has digest %s, not %s", rec.ID, rec.Version, d, rec.Digest)
	}
	def, issues := ReadCanonical(canonical, language)
	if len(issues) > 0 {
		return nil, fmt.Errorf("procedure %s version %d: stored document: %s at %s",
			rec.ID, rec.Version, issues[0].Code, issues[0].Field)
	}
	return &Version{Definition: def, Number: rec.Version, Digest: rec.Digest, CreatedAt: rec.CreatedAt, CreatedBy: rec.CreatedBy}, nil
}
