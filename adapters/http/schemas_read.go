package http

import (
	"context"
	"errors"
	"io/fs"

	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/fault"
)

// GetSchema handles GET /schemas/{schema_name}.
func (s *server) GetSchema(_ context.Context, req api.GetSchemaRequestObject) (api.GetSchemaResponseObject, error) {
	data, err := fs.ReadFile(s.schemas, req.SchemaName)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) {
		return nil, fault.New(fault.NotFound, "request.not_found", nil)
	}
	return fileResponse("application/schema+json", data), err
}
