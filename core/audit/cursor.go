package audit

import (
	"cmp"
	"fmt"
)

// Cursor is a place in the feed, which has everything that was committed, in the order of the commits: the last record that was
// seen. The zero Cursor is before the first.
type Cursor struct {
	Position   int64 // grows from commit to commit
	EntityType string
	EntityID   string
	Seq        int64
}

// Compare orders places as they come in the feed.
func (c Cursor) Compare(o Cursor) int {
	return cmp.Or(cmp.Compare(c.Position, o.Position), cmp.Compare(c.EntityType, o.EntityType), cmp.Compare(c.EntityID, o.EntityID), cmp.Compare(c.Seq, o.Seq))
}

// String is the cursor's text; - stands for what is empty.
func (c Cursor) String() string {
	return fmt.Sprintf("%d %s %s %d", c.Position, cmp.Or(c.EntityType, "-"), cmp.Or(c.EntityID, "-"), c.Seq)
}

// ParseCursor reads a cursor's text.
func ParseCursor(text string) (c Cursor, err error) {
	if n, _ := fmt.Sscanf(text, "%d %s %s %d", &c.Position, &c.EntityType, &c.EntityID, &c.Seq); n != 4 || c.String() != text {
		return Cursor{}, fmt.Errorf("%q is not a place in the feed", text)
	}
	if c.EntityType == "-" {
		c.EntityType, c.EntityID = "", ""
	}
	return c, nil
}
