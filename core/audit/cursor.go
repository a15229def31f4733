package audit

import (
	"cmp"
	"fmt"
)

// Cursor is a place in the feed, which has everything that was committed, in the order of the commits: the last record that was
// seen. The zero Cursor is before the first.
type Cursor struct {
	Position int64 // grows from commit to commit
	Entity   Entity
	Seq      int64
}

// Compare orders places as they come in the feed.
func (c Cursor) Compare(o Cursor) int {
	return cmp.Or(cmp.Compare(c.Position, o.Position), c.Entity.Compare(o.Entity), cmp.Compare(c.Seq, o.Seq))
}

// String is the cursor's text; - stands for what is empty.
func (c Cursor) String() string {
	return fmt.Sprintf("%d %s %s %d", c.Position, cmp.Or(c.Entity.Type, "-"), cmp.Or(c.Entity.ID, "-"), c.Seq)
}

// ParseCursor reads a cursor's text.
func ParseCursor(text string) (c Cursor, err error) {
	if n, _ := fmt.Sscanf(text, "%d %s %s %d", &c.Position, &c.Entity.Type, &c.Entity.ID, &c.Seq); n != 4 || c.String() != text {
		return Cursor{}, fmt.Errorf("%q is not a place in the feed", text)
	}
	if c.Entity.Type == "-" {
		c.Entity.Type, c.Entity.ID = "", ""
	}
	return c, nil
}
