package mcp

import (
	"context"
	"slices"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/api/procedo"
)

// The permissions that the API requires, as the contract names them.
const (
	mayRead       = "read"
	mayWork       = "work"
	mayFail       = "fail"
	mayTakeBundle = "take_bundle"
)

// offerPermitted leaves out of the lists what the caller's roles do not permit. It only spares calls in vain: the API
// refuses these by itself. If it does not say what the caller may do, the lists are whole.
func (s *Server) offerPermitted(next sdk.MethodHandler) sdk.MethodHandler {
	return func(ctx context.Context, method string, r sdk.Request) (sdk.Result, error) {
		result, err := next(ctx, method, r)
		if err != nil {
			return result, err
		}
		switch list := result.(type) {
		case *sdk.ListToolsResult:
			list.Tools = permitted(ctx, s, list.Tools, func(t *sdk.Tool) string { return toolPermissions[t.Name] })
		case *sdk.ListResourceTemplatesResult:
			list.ResourceTemplates = permitted(ctx, s, list.ResourceTemplates, func(t *sdk.ResourceTemplate) string {
				return templatePermissions[t.Name]
			})
		}
		return result, nil
	}
}

// permitted returns the entries that need no permission, or one that the caller has.
func permitted[T any](ctx context.Context, s *Server, all []T, needed func(T) string) []T {
	asked, stop := context.WithTimeout(ctx, permissionsWait)
	defer stop()
	me, err := procedo.Decode[client.Me](s.api.GetMe(asked))
	if err != nil {
		s.Log.DebugContext(ctx, "the permissions of an assistant are not known", "error", err)
		return all
	}
	offered := []T{}
	for _, entry := range all {
		if p := needed(entry); p == "" || slices.Contains(me.Permissions, p) {
			offered = append(offered, entry)
		}
	}
	return offered
}

// permissionsWait limits the wait for the permissions: clients list the tools when they start.
const permissionsWait = 2 * time.Second

// toolPermissions and templatePermissions map names to permissions.
var toolPermissions, templatePermissions = permissionsOf()

func permissionsOf() (ofTools, ofTemplates map[string]string) {
	ofTools, ofTemplates = map[string]string{}, map[string]string{}
	for _, t := range tools {
		ofTools[t.name] = t.permission
	}
	for _, t := range templates {
		ofTemplates[t.name] = t.permission
	}
	return ofTools, ofTemplates
}
