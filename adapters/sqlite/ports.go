package sqlite

import (
	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/session"
	"github.com/procedo/procedo/core/verify"
)

// Storage returns all ports that db implements. It passes the reader of definitions to addCache, which returns a reader
// with a cache.
func Storage(
	db *DB, language condition.Language, addCache func(app.Definitions) app.Definitions, options ...storage.Option,
) storage.Storage {
	procedures := Procedures{DB: db}
	definitions := addCache(app.StoredDefinitions{Procedures: procedures, Language: language})
	runs := newRuns(db, definitions, storage.NewOptions(options).Secrets)
	checkpoints, scan := Checkpoints{DB: db}, Scan{runs}
	verifying := verify.Ports{
		Trails: scan, Rows: scan, Procedures: procedures, Checkpoints: checkpoints, Objects: scan,
		Language: language,
	}
	return storage.Storage{
		App: app.Ports{
			Procedures: procedures, ProcedureList: procedures, Definitions: definitions, Runs: runs, RunList: runs,
			Trail: Trail{DB: db}, EventList: Trail{DB: db}, Feed: Feed{DB: db}, Checkpoints: checkpoints, Export: scan,
			Deliveries: Deliveries{DB: db}, Receipts: Receipts{DB: db}, Files: db, Language: language,
			Verifier: verify.New(verifying),
		},
		Verify:   verifying,
		Resealer: runs, Heads: runs, Keys: ServiceKeys{DB: db}, Sessions: Sessions{DB: db},
		RunHeads: runs, ProcedureHeads: procedures,
	}
}

var (
	_ app.Runs          = Runs{}
	_ app.RunList       = Runs{}
	_ app.RunHeads      = Runs{}
	_ app.Procedures    = Procedures{}
	_ app.ProcedureList = Procedures{}
	_ app.Trail         = Trail{}
	_ app.EventList     = Trail{}
	_ app.Receipts      = Receipts{}
	_ app.ServiceKeys   = ServiceKeys{}
	_ session.Store     = Sessions{}
)
