package app_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
)

func TestAnExportHoldsEveryEventAndIsCheckedAsItComes(t *testing.T) {
	w := newWorld(t)
	first := w.started()
	second := w.started()
	_, err := w.Execute(t.Context(), ann, second, draft(`"x"`))
	require.NoError(t, err)
	var events []audit.Event
	require.NoError(t, w.Export(t.Context(), func(e audit.Event) error { events = append(events, e); return nil }))
	require.Len(t, events, 7)
	require.ErrorIs(t, w.Export(t.Context(), func(audit.Event) error { return errBoom }), errBoom)

	check := func(events ...audit.Event) (findings []string, done app.Verified) {
		var c app.ExportCheck
		for _, e := range events {
			c.Next(e, func(f audit.Finding) { findings = append(findings, f.String()) })
		}
		return findings, c.Verified
	}
	findings, done := check(events...)
	require.Empty(t, findings)
	require.Equal(t, app.Verified{Procedures: 1, Runs: 2, Events: 7}, done)
	findings, _ = check(events[0], events[1], events[3], events[2])
	require.Contains(t, findings[len(findings)-1], "run "+first, "scattered")
	forged := append([]audit.Event(nil), events...)
	forged[5].Actor = "eve"
	findings, _ = check(forged...)
	require.Len(t, findings, 1)
}
