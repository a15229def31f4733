package login_test

import (
	"net/url"
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/login"
)

func TestPeopleReturnToTheConsoleOnly(t *testing.T) {
	for _, good := range []string{
		"/ui/", "/ui/runs/019ad", "/ui/runs/a/report", "/ui/runs/a?at=3&x=//y", "/ui/procedures/caf%C3%A9", "/ui/runs/",
		"/ui/a.b/..c",
	} {
		require.Equal(t, good, login.ReturnPath(good))
	}
	for _, bad := range []string{
		"", "/", "ui/", "/ui", "/uix/", "/docs/", "//evil.example", "//evil.example/ui/", "https://evil.example/ui/",
		"/\\evil.example", "\\/ui/", "/ui\\", "/ui/\\x", "/ui/%5c", "/ui/%5Cx", "/ui/..", "/ui/../", "/ui/../x", "/ui/./x",
		"/ui/%2e%2e/x", "/ui/%2E%2E/%2E%2E/", "/ui//x", "/ui/%2fx", "/ui/x%2f..%2f..", "/ui/\tx", "/ui/\nx", "/ui/%0ax",
		"/ui/%0d%0aSet-Cookie:x", "/ui/%00", "/ui/x y", "/ui/é", "/ui/%zz", "/ui/#x", "/ui/%", " /ui/", "/ui/\x7f", "/ui/%7f",
		"/ui/%ff\\", "/ui//", "/UI/", "javascript:alert(1)", "/ui/" + strings.Repeat("x", 600), "/ui/?\r\nx",
	} {
		require.Equal(t, "/ui/", login.ReturnPath(bad), bad)
	}
}

func FuzzPeopleReturnToTheConsoleOnly(f *testing.F) {
	for _, s := range []string{"/ui/", "/ui/a?b", "//x", "/ui/%2e%2e/", "/ui/\\"} {
		f.Add(s)
	}
	base, err := url.Parse("https://ops.example.com/auth/callback")
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, given string) {
		got := login.ReturnPath(given)
		to, err := base.Parse(got)
		require.NoError(t, err)
		require.Equal(t, "ops.example.com", to.Host)
		require.Equal(t, "https", to.Scheme)
		require.True(t, strings.HasPrefix(path.Clean(to.Path)+"/", "/ui/"), to.Path)
		require.True(t, strings.HasPrefix(got, "/ui/"))
		require.False(t, strings.ContainsFunc(got, func(r rune) bool { return r <= ' ' || r > '~' || r == '\\' }))
		require.Equal(t, got, login.ReturnPath(got))
	})
}
