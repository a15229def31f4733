package http

import (
	"context"
	"net/http"
	"net/url"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/app"
)

// maxPageItems is the maximum size of the items of a page as JSON, in bytes. The rest of app.PageBytes is for the
// cursor.
const maxPageItems = app.PageBytes - 1024

// listBody is a page of a list. Its items are JSON already.
type listBody struct {
	Items      jsontext.Value `json:"items"`
	NextCursor string         `json:"next_cursor,omitempty"`
}

// pageResponse returns the response with a page of a list: the body of every item, and the cursor of the next page if
// there is one. The response ends before the item with which it would exceed maxPageItems, but it has at least one item
// if the page has one. key returns the text that identifies an item in a cursor.
func pageResponse[T any](
	ctx context.Context, list string, p app.Page[T], key func(T) string, body func(T) any,
) (response, error) {
	items, shown, err := renderItems(p.Items, maxPageItems, body)
	if err != nil {
		return response{}, err
	}
	next := ""
	if shown > 0 && (p.More || shown < len(p.Items)) {
		next = makeCursor(list, key(p.Items[shown-1]))
	}
	header := map[string]string{"Cache-Control": cacheRevalidate}
	if u := callOf(ctx).url; next != "" && u != nil {
		header["Link"] = nextLink(u, next)
	}
	return jsonResponse(http.StatusOK, listBody{Items: items, NextCursor: next}, header)
}

// renderItems returns a JSON array with the first items, and their number. The array ends before the item with which it
// would exceed limit bytes, but it has at least one item if there is one.
func renderItems[T any](all []T, limit int, body func(T) any) (array jsontext.Value, shown int, err error) {
	array = jsontext.Value("[")
	for _, item := range all {
		data, err := json.Marshal(body(item), json.Deterministic(true))
		if err != nil {
			return nil, 0, err
		}
		if shown > 0 {
			if len(array)+len(data)+len(",]") > limit {
				break
			}
			array = append(array, ',')
		}
		array = append(array, data...)
		shown++
	}
	return append(array, ']'), shown, nil
}

// nextLink returns a Link header (RFC 8288) that refers to the next page.
func nextLink(u *url.URL, next string) string {
	query := u.Query()
	query.Set("cursor", next)
	return "<" + u.EscapedPath() + "?" + query.Encode() + `>; rel="next"`
}
