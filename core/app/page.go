package app

// PageBytes is the maximum size of a page of a list, in bytes. It bounds both what is read from storage for a page and
// what is sent to a client.
const PageBytes = 4 << 20

// Page is a part of a list.
type Page[T any] struct {
	Items []T
	More  bool // whether the list continues after the last item
}

// PageSize bounds a page. The page ends before the item that would exceed one of the bounds, but it holds at least one
// item unless the list has ended.
type PageSize struct {
	Items int
	Bytes int // sum of the sizes of the items, as they are stored; 0 stands for PageBytes
}
