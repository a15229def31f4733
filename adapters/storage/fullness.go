package storage

import (
	"errors"
	"sync/atomic"
	"time"

	"github.com/procedo/procedo/core/fault"
)

// fullTime is how long a database counts as full after a write has failed for lack of space. Writes are then tried
// again.
const fullTime = 10 * time.Second

// Fullness remembers that the last write failed because the disk was full. The zero value is ready for use.
type Fullness struct{ failed atomic.Pointer[time.Time] }

// Note records the outcome of a write, and returns it.
func (f *Fullness) Note(err error) error {
	var known *fault.Error
	switch {
	case err == nil:
		if f.failed.Load() != nil {
			f.failed.Store(nil)
		}
	case errors.As(err, &known) && known.Code == fullCode:
		f.failed.Store(new(time.Now()))
	}
	return err
}

// Check returns a fault if the last write failed because the disk was full, unless that was long ago.
func (f *Fullness) Check() error {
	if failed := f.failed.Load(); failed != nil && time.Since(*failed) < fullTime {
		return Full(errors.New("the last write failed because the disk was full"))
	}
	return nil
}
