package audit

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// EarlierFormat is the first line of a checkpoint's text in the form of earlier releases.
const EarlierFormat = "procedo-checkpoint/1"

// earlierText returns the text in the form of earlier releases. Each line consists of a name and a value, in a fixed
// order. Each signer has a line "key".
func (c Checkpoint) earlierText() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\nnumber %d\ntime %s\nprevious %s\nuntil %s\nleaves %d\nroot %s\n",
		EarlierFormat, c.Number, c.Time.UTC().Format(TimeFormat), c.Previous, c.Until, c.Leaves, c.Root)
	for _, k := range c.Keys {
		fmt.Fprintf(&b, "key %s\n", k)
	}
	return b.String()
}

// parseEarlier parses a text in exactly the form that earlierText returns.
func parseEarlier(text string) (c Checkpoint, err error) {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if lines[0] != EarlierFormat {
		return c, Wrong("not_a_checkpoint", "format", EarlierFormat).Err()
	}
	fields := map[string]string{}
	for _, line := range lines[1:] {
		name, value, _ := strings.Cut(line, " ")
		if name == "key" {
			c.Keys = append(c.Keys, value)
		}
		fields[name] = value
	}
	errs := [6]error{}
	c.Number, errs[0] = strconv.ParseInt(fields["number"], 10, 64)
	c.Time, errs[1] = ParseTime(fields["time"])
	c.Until, errs[2] = ParseCursor(fields["until"])
	c.Leaves, errs[3] = strconv.ParseInt(fields["leaves"], 10, 64)
	c.Previous, c.Root = fields["previous"], fields["root"]
	_, errs[4] = parseHash(c.Previous)
	_, errs[5] = parseHash(c.Root)
	if err := errors.Join(errs[:]...); err != nil || c.earlierText() != text || c.Number < 1 || c.Leaves < 1 {
		return c, errors.Join(Wrong("malformed_checkpoint").Err(), err)
	}
	return c, nil
}
