package contract

import (
	"fmt"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/run"
)

// pageSizes are the sizes of the pages by which pagesAreBounded reads every list. The items have up to 60 KB.
var pageSizes = []app.PageSize{
	{Items: 1}, {Items: 3}, {Items: 7}, {Items: 200}, {Items: 200, Bytes: 1}, {Items: 200, Bytes: 10_000},
	{Items: 200, Bytes: 60_000}, {Items: 200, Bytes: 100_000}, {Items: 3, Bytes: 50_000}, {Items: 200, Bytes: 1 << 30},
}

// pagesAreBounded reads every list with pages of various sizes. A page keeps to its size, ends only before an item that
// does not fit, and holds at least one item; all pages together are the list.
func pagesAreBounded(fx *fixture) {
	var ids []string
	for i, size := range []int{0, 30_000, 10, 60_000, 20_000, 20_000, 1, 9_999, 10_001, 60_000, 100} {
		text := strings.Repeat("x", size)
		doc := definition(fmt.Sprintf("p%02d", i), oneStep)
		fx.save(strings.Replace(doc, "{", fmt.Sprintf(`{"description":%q,`, text), 1))
		metadata, err := jsondoc.Parse(fmt.Appendf(nil, `{"text":%q}`, text))
		require.NoError(fx, err)
		r, err := fx.service.StartRun(fx.ctx(), request, app.StartInput{ProcedureID: "p00", Metadata: metadata})
		require.NoError(fx, err)
		ids = append(ids, r.ID)
		fx.mustExecute(ids[0], run.Draft{Submission: submission("s", "a", fmt.Sprintf(`"%d %s"`, i, text))})
	}
	type pageOfProcedures = app.Page[procedure.Record]
	requirePages(fx, (*procedure.Record).Size, func(after *procedure.Record, size app.PageSize) (pageOfProcedures, error) {
		return fx.ProcedureList.ListProcedures(fx.ctx(), app.ProcedureFilter{After: after.ID, Size: size})
	})
	type pageOfRuns = app.Page[projection.RunRow]
	requirePages(fx, (*projection.RunRow).Size, func(after *projection.RunRow, size app.PageSize) (pageOfRuns, error) {
		return fx.RunList.ListRuns(fx.ctx(), app.RunFilter{After: after.ID, Size: size})
	})
	requirePages(fx, (*audit.Event).Size, func(after *audit.Event, size app.PageSize) (app.Page[audit.Event], error) {
		return fx.Trail.Events(fx.ctx(), audit.Run(ids[0]), after.Seq, size)
	})
	for _, of := range []audit.Entity{{}, audit.Run(ids[0]), audit.Procedure("p01"), {Type: audit.RunEntity}} {
		requirePages(fx, (*audit.Event).Size, func(after *audit.Event, size app.PageSize) (app.Page[audit.Event], error) {
			f := app.EventFilter{Entity: of, After: app.PlaceOf(*after), Size: size}
			return fx.EventList.ListEvents(fx.ctx(), f)
		})
	}
}

// requirePages reads a list with pages of every size. read returns the page that follows an item; after the zero item
// it returns the first page. sizeOf returns the size of an item.
func requirePages[T any](
	fx *fixture, sizeOf func(*T) int, read func(after *T, size app.PageSize) (app.Page[T], error),
) {
	fx.Helper()
	whole, err := read(new(T), app.PageSize{Items: 1000, Bytes: 1 << 30})
	require.NoError(fx, err)
	require.NotEmpty(fx, whole.Items)
	require.False(fx, whole.More)
	for _, size := range pageSizes {
		rest, last := whole.Items, new(T)
		for len(rest) > 0 {
			n, bytes := 1, sizeOf(&rest[0])
			for n < len(rest) && n < size.Items && (size.Bytes == 0 || bytes+sizeOf(&rest[n]) <= size.Bytes) {
				bytes += sizeOf(&rest[n])
				n++
			}
			page, err := read(last, size)
			require.NoError(fx, err)
			require.Equal(fx, app.Page[T]{Items: rest[:n:n], More: n < len(rest)}, page, "%T, %+v", *last, size)
			last, rest = &page.Items[n-1], rest[n:]
		}
	}
}
