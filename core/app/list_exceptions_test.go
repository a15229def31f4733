package app_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/commitment"
	"github.com/procedo/procedo/core/run"
)

// paddedTrail is a trail whose drafts are as large as drafts may be. It counts the bytes that are read.
type paddedTrail struct {
	app.Trail
	read int
}

func (p *paddedTrail) Events(
	ctx context.Context, e audit.Entity, after int64, _ app.PageSize,
) (app.Page[audit.Event], error) {
	page, err := p.Trail.Events(ctx, e, after, app.PageSize{Items: 1})
	for i := range page.Items {
		if page.Items[i].Action == "step.draft_saved" {
			page.Items[i].Disclosures = strings.Repeat(" ", 1<<20)
		}
		p.read += page.Items[i].Size()
	}
	return page, err
}

func TestAPageOfExceptionsReadsABoundedPartOfTheTrail(t *testing.T) {
	fx := newFixture(t)
	id := fx.startRun()
	for i := range 70 {
		_, err := fx.Execute(t.Context(), ann, id, draft(`"`+strings.Repeat("a", i+1)+`"`))
		require.NoError(t, err)
	}
	_, err := fx.Execute(t.Context(), ann, id, draft(`1`))
	require.Error(t, err)
	padded := &paddedTrail{Trail: fx.ports.Trail}
	fx.rewire(func(p *app.Ports) { p.Trail = padded })

	after, pages := int64(1), 0 // the first event is one of an actor that was not authenticated
	for {
		padded.read = 0
		page, err := fx.Exceptions(t.Context(), id, after, app.PageSize{Items: 50})
		require.NoError(t, err)
		require.LessOrEqual(t, padded.read, app.MaxExceptionScan+2<<20)
		if !page.More {
			require.Len(t, page.Items, 1)
			require.Equal(t, app.ExceptionRefusal, page.Items[0].Kind)
			break
		}
		require.Empty(t, page.Items)
		require.Greater(t, page.After, after, "the list goes on")
		after, pages = page.After, pages+1
	}
	require.Equal(t, 2, pages)
}

// The first event of an actor that was not authenticated is marked even if it is an exception of another kind, and on
// whichever page it stands.
func TestAnExceptionOfAnyKindSaysThatItsActorIsUnproven(t *testing.T) {
	fx := newFixture(t)
	fx.save(`{"id":"p","name":"P","steps":[{"key":"s","title":"S","skippable":true},{"key":"t","title":"T","skippable":true},
		{"key":"u","title":"U","skippable":true},{"key":"v","title":"V"}]}`)
	service := app.New(fx.ports)
	as := func(p access.Principal) *app.UseCases { return service.As(p) }
	person := access.Principal{ID: "corp:ann", Via: access.ViaOIDC, Roles: access.AllRoles}
	started, err := as(person).StartRun(t.Context(), ann, app.StartInput{ProcedureID: "p"})
	require.NoError(t, err)
	for _, c := range []struct {
		by   access.Principal
		step string
	}{{person, "s"}, {access.Unproven("bob"), "t"}, {access.Unproven("bob"), "u"}} {
		_, err = as(c.by).Execute(t.Context(), ann, started.ID, run.Skip{Step: c.step, Reason: "r"})
		require.NoError(t, err)
	}
	_, err = as(access.Unproven("eve")).Execute(t.Context(), ann, started.ID, run.Skip{Step: "v", Reason: "r"})
	require.Error(t, err, "it cannot be skipped")
	_, err = as(access.Unproven("kim")).Execute(t.Context(), ann, started.ID, run.Fail{Reason: "r"})
	require.NoError(t, err)
	var got []string
	for after := int64(0); ; {
		page, err := as(person).Exceptions(t.Context(), started.ID, after, app.PageSize{Items: 1})
		require.NoError(t, err)
		for _, x := range page.Items {
			got = append(got, fmt.Sprint(x.Actor, " ", x.Kind, " ", x.Unproven))
			after = x.Seq
		}
		if !page.More {
			break
		}
	}
	require.Equal(t, []string{
		"corp:ann skip false", "bob skip true", "bob skip false", "eve refusal true", "kim unproven true",
	}, got)
}

// TestPagesOfExceptionsHaveAtMostSoManyItemsAndBytes: whatever the limits, the pages together are the whole list.
func TestPagesOfExceptionsHaveAtMostSoManyItemsAndBytes(t *testing.T) {
	fx := newFixture(t)
	id := fx.startRun()
	for i := range 6 {
		_, err := fx.Execute(t.Context(), ann, id, draft(strings.Repeat("1", 1+5*i)))
		require.Error(t, err)
	}
	events, err := fx.ports.Trail.Events(t.Context(), audit.Run(id), 0, app.PageSize{Items: 100})
	require.NoError(t, err)
	sizes := map[int64]int{}
	for i := range events.Items {
		sizes[events.Items[i].Seq] = events.Items[i].Size()
	}
	all, err := fx.Exceptions(t.Context(), id, 0, app.PageSize{Items: 100})
	require.NoError(t, err)
	require.Len(t, all.Items, 7, "the first event is one of an actor that was not authenticated")
	first := sizes[all.Items[0].Seq]
	second := sizes[all.Items[1].Seq]
	for _, size := range []app.PageSize{
		{Items: 1}, {Items: 2}, {Items: 3}, {Items: 7}, {Items: 8}, {Items: 100, Bytes: 1}, {Items: 100, Bytes: first},
		{Items: 100, Bytes: first + second - 1}, {Items: 100, Bytes: first + second}, {Items: 100, Bytes: 3000},
	} {
		var listed []app.Exception
		for after, more := int64(0), true; more; {
			page, err := fx.Exceptions(t.Context(), id, after, size)
			require.NoError(t, err)
			bytes := 0
			for _, x := range page.Items {
				bytes += sizes[x.Seq]
			}
			require.LessOrEqual(t, len(page.Items), size.Items)
			require.True(t, size.Bytes == 0 || bytes <= size.Bytes || len(page.Items) == 1, "%v: %d bytes", size, bytes)
			if more = page.More; more {
				next := sizes[all.Items[len(listed)+len(page.Items)].Seq]
				require.True(t, len(page.Items) == size.Items || bytes+next > size.Bytes, "%v: one more has room", size)
				after = page.Items[len(page.Items)-1].Seq
			}
			listed = append(listed, page.Items...)
		}
		require.Equal(t, all.Items, listed, "%v", size)
	}
}

// exceptions returns the exceptions of a run of a kind.
func (fx *fixture) exceptions(id string, kind app.ExceptionKind) (all []app.Exception) {
	fx.t.Helper()
	page, err := fx.Exceptions(fx.t.Context(), id, 0, app.PageSize{Items: 100})
	require.NoError(fx.t, err)
	for _, x := range page.Items {
		if x.Kind == kind {
			all = append(all, x)
		}
	}
	return all
}

func TestAnErasureAmongTheExceptionsSaysWhatItConcerns(t *testing.T) {
	skipReason := run.ErasePlace{Place: commitment.Place{Seq: 6, Pointer: "/reason"}}
	failReason := run.ErasePlace{Place: commitment.Place{Seq: 8, Pointer: "/reason"}}
	a, b := run.ErasePlace{Step: "s", Slot: "a"}, run.ErasePlace{Step: "s", Slot: "b"}
	for name, c := range map[string]struct {
		places []run.ErasePlace
		step   string
		slots  []string
		texts  []run.ErasedText
	}{
		"a slot":                    {[]run.ErasePlace{a}, "s", []string{"a"}, nil},
		"slots of a step":           {[]run.ErasePlace{a, b}, "s", []string{"a", "b"}, nil},
		"why a step was skipped":    {[]run.ErasePlace{skipReason}, "t", nil, []run.ErasedText{run.ErasedSkipReason}},
		"a slot and a skipped step": {[]run.ErasePlace{a, skipReason}, "", []string{"a"}, []run.ErasedText{run.ErasedSkipReason}},
		"why the run failed":        {[]run.ErasePlace{failReason}, "", nil, []run.ErasedText{run.ErasedFailureReason}},
	} {
		t.Run(name, func(t *testing.T) {
			fx := newFixture(t)
			fx.save(`{"id":"p","name":"P","steps":[
				{"key":"s","title":"S","slots":[{"name":"a","type":"string"},{"name":"b","type":"string"}]},
				{"key":"t","title":"T","skippable":true},{"key":"u","title":"U"}]}`)
			started, err := fx.StartRun(t.Context(), ann, app.StartInput{ProcedureID: "p"})
			require.NoError(t, err)
			for _, command := range []run.Command{
				run.Commit{Submission: submissionOf("s", `a="Ada" b="Bob"`, nil)},
				run.Skip{Step: "t", Reason: "Ada is ill"}, run.Fail{Reason: "Bob is, too"},
				run.Erase{Places: c.places, Reason: "asked"},
			} {
				_, err := fx.Execute(t.Context(), ann, started.ID, command)
				require.NoError(t, err)
			}
			erasures := fx.exceptions(started.ID, app.ExceptionErasure)
			require.Len(t, erasures, 1)
			require.Equal(t, c.step, erasures[0].Step)
			require.Equal(t, c.step != "", erasures[0].Visit == 1)
			require.Equal(t, c.slots, erasures[0].Slots)
			require.Equal(t, c.texts, erasures[0].Texts)
			require.Equal(t, "asked", erasures[0].Reason)
		})
	}
}

// TestARefusalByARuleHasTheWordsOfTheRule: the trail has only its key.
func TestARefusalByARuleHasTheWordsOfTheRule(t *testing.T) {
	fx := newFixture(t)
	fx.save(`{"id":"p","name":"P","steps":[{"key":"s","title":"S","slots":[{"name":"a","type":"integer"}],
		"rules":[{"key":"small","assert":"a < 10","message":"It must be small."}]}]}`)
	started, err := fx.StartRun(t.Context(), ann, app.StartInput{ProcedureID: "p"})
	require.NoError(t, err)
	for _, slots := range []string{`a=99`, `a="x"`} {
		_, err := fx.Execute(t.Context(), ann, started.ID, run.Commit{Submission: submissionOf("s", slots, nil)})
		require.Error(t, err)
	}
	refusals := fx.exceptions(started.ID, app.ExceptionRefusal)
	require.Len(t, refusals, 2)
	require.Equal(t, "small", refusals[0].Issues[0].Params["rule"])
	require.Contains(t, fmt.Sprint(refusals[0].Issues[0].Texts), "It must be small.")
	require.Empty(t, refusals[1].Issues[0].Texts)
}
