package sqlite

import (
	"context"
	"database/sql"
	"errors"

	. "github.com/go-jet/jet/v2/sqlite" //nolint:staticcheck // go-jet is designed for dot imports

	"github.com/procedo/procedo/adapters/sqlite/gen/table"
	"github.com/procedo/procedo/core/app"
)

// ServiceKeys implements app.ServiceKeys: it reads the secret keys that all replicas share.
type ServiceKeys struct{ DB *DB }

var selectServiceKey = prepare(SELECT(table.ServiceKeys.Key).FROM(table.ServiceKeys).
	WHERE(table.ServiceKeys.Name.EQ(textParam("name"))))

// ServiceKey returns the key with the given name.
func (s ServiceKeys) ServiceKey(ctx context.Context, name string) (key []byte, err error) {
	err = s.DB.row(ctx, selectServiceKey.Bind(args{"name": name})).Scan(&key)
	if errors.Is(err, sql.ErrNoRows) || err == nil && len(key) != app.ServiceKeySize {
		return nil, app.ErrNoServiceKey
	}
	return key, translate(err)
}
