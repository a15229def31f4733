package http

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
)

// A release that raises the number changes all ETags of entities, in both forms.
func TestETagsNameTheRepresentation(t *testing.T) {
	r := run.Run{Revision: 12, Seq: 345}
	rec := procedure.Record{Status: procedure.Active}
	rec.Version, rec.Digest = 3, "sha256:0123456789abcdef0123"
	for numbers, form := range map[numberForm]string{jsonNumbers: "", stringNumbers: "s"} {
		mark := fmt.Sprint(representation) + form
		require.Equal(t, `"12-345-fr-CA.`+mark+`"`, runETag(r, "fr-CA", numbers))
		require.Equal(t, `"12-345-.`+mark+`"`, runETag(r, "", numbers))
		tag := procedureETag(rec, numbers)
		require.Equal(t, `"3-0123456789abcdef-active.`+mark+`"`, tag)
		require.Equal(t, []string{rec.Tag()}, procedureCondition(&tag).Tags)
		runTag := runETag(r, "fr-CA", numbers)
		require.Equal(t, []int64{12}, runCondition(&runTag).Revisions)
	}
}
