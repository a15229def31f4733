package storage

import (
	"cmp"
	"errors"

	"github.com/procedo/procedo/core/app"
)

// Pager collects the rows of a query into a page. It ends the query at the row with which the page would exceed its
// size, so that at most one row more than the page is held in memory.
type Pager[T any] struct {
	items, bytes int // what still fits into the page
	page         app.Page[T]
}

// errPageFull ends a query whose page is full.
var errPageFull = errors.New("the page is full")

// NewPager returns a pager for a page of the given size.
func NewPager[T any](size app.PageSize) *Pager[T] {
	return &Pager[T]{items: size.Items, bytes: cmp.Or(size.Bytes, app.PageBytes)}
}

// Rows returns the number of rows to select for a page: one more than the page may hold.
func Rows(size app.PageSize) int64 { return int64(size.Items) + 1 }

// Add adds the next row. err is the error from reading the row, or nil. If Add returns an error, the caller stops the
// query and passes the error to Page.
func (p *Pager[T]) Add(item T, size int, err error) error {
	if err != nil {
		return err
	}
	p.items, p.bytes = p.items-1, p.bytes-size
	switch {
	case p.items < 0: // the last row, see Rows
		p.page.More = true
		return nil
	case p.bytes < 0 && len(p.page.Items) > 0:
		p.page.More = true
		return errPageFull
	}
	p.page.Items = append(p.page.Items, item)
	return nil
}

// Page returns the page. err is the error that ended the query, or nil.
func (p *Pager[T]) Page(err error) (app.Page[T], error) {
	if errors.Is(err, errPageFull) {
		err = nil
	}
	return p.page, err
}
