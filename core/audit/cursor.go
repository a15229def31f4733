package audit

import (
	"cmp"
	"fmt"
	"strings"
	"unicode"
)

// Cursor is a place in the feed, which lists all events and checkpoints in the order of their database transactions. A
// cursor identifies the last record that was read. The zero Cursor is before the first record.
type Cursor struct {
	Position int64 // increases from one transaction to the next
	Entity   Entity
	Seq      int64
}

// Compare compares cursors by the order of the feed.
func (c Cursor) Compare(o Cursor) int {
	return cmp.Or(cmp.Compare(c.Position, o.Position), c.Entity.Compare(o.Entity), cmp.Compare(c.Seq, o.Seq))
}

// String returns the cursor as text, with "-" for an empty entity type or id.
func (c Cursor) String() string {
	return fmt.Sprintf("%d %s %s %d", c.Position, cmp.Or(c.Entity.Type, "-"), cmp.Or(c.Entity.ID, "-"), c.Seq)
}

// ParseCursor parses the text of a cursor.
func ParseCursor(text string) (c Cursor, err error) {
	n, _ := fmt.Sscanf(text, "%d %s %s %d", &c.Position, &c.Entity.Type, &c.Entity.ID, &c.Seq)
	if n != 4 || c.String() != text || strings.ContainsFunc(text, unicode.IsControl) {
		return Cursor{}, fmt.Errorf("%q is not a cursor of the feed", text)
	}
	if c.Entity.Type == "-" {
		c.Entity.Type, c.Entity.ID = "", ""
	}
	return c, nil
}
