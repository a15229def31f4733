package sqlite

import (
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/condition"
)

// Ports are the storage ports over a database, and what compiles its versions: keep puts a memory in front of that.
func Ports(db *DB, language condition.Language, keep func(app.Definitions) app.Definitions) app.Ports {
	procedures := Procedures{DB: db}
	definitions := keep(app.Stored{Procedures: procedures, Language: language})
	runs := Runs{DB: db, Definitions: definitions}
	return app.Ports{
		Procedures: procedures, ProcedureList: procedures, Definitions: definitions, Runs: runs, RunList: runs, RunHeads: runs,
		Trail: Trail{DB: db}, EventList: Trail{DB: db}, Scan: Scan{runs}, Deliveries: Deliveries{DB: db}, Feed: Feed{DB: db}, Checkpoints: Checkpoints{DB: db}, Receipts: Receipts{DB: db}, Language: language,
	}
}
