package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/procedo/procedo/adapters/migrate"
	"github.com/procedo/procedo/core/fault"
	postgresschema "github.com/procedo/procedo/schema/postgres"
)

type migrateGrantCmd struct {
	database
	ReadOnly bool   `help:"Grant only the rights of audit verify, audit export, list and show."`
	Role     string `arg:"" help:"Name of the role, in its exact letter case."`
}

// Help is shown by --help below the summary.
func (migrateGrantCmd) Help() string {
	return "Run it as the owner of the tables, after each migration. All other rights of the role on Procedo's tables " +
		"and on their schema are revoked. A role that would keep other rights, through PUBLIC or another role, is " +
		"refused and nothing is changed."
}

// Run grants the rights and lists them.
func (c migrateGrantCmd) Run(ctx context.Context, m *Main) error {
	e, err := c.openEngine(ctx)
	if err != nil {
		return err
	}
	defer e.close() // its error does not matter: the rights are committed
	if e.embedded {
		return failure("grant_sqlite", nil)
	}
	db, done, err := e.schemaDB()
	if err != nil {
		return err
	}
	defer done()
	if err := e.checkApplied(ctx, db); err != nil {
		return databaseFailure(err)
	}
	rights, err := e.schema.Grant(ctx, db, c.Role, c.rights())
	if err != nil {
		return c.failure(err)
	}
	for _, r := range byTable(rights) {
		fmt.Fprintln(m.Stdout, r)
	}
	fmt.Fprintln(m.Stdout, say("granted", fault.Params{"role": c.Role}))
	return nil
}

// rights returns the rights to grant, by table.
func (c migrateGrantCmd) rights() map[string][]string {
	if c.ReadOnly {
		return postgresschema.ReadRights()
	}
	return postgresschema.Rights
}

// byTable returns the rights as in GRANT, with all rights on a table in one text.
func byTable(rights []migrate.Right) (texts []string) {
	for i, r := range rights {
		if i > 0 && rights[i-1].On == r.On {
			last := &texts[len(texts)-1]
			*last = strings.Replace(*last, " ON ", ", "+r.Right+" ON ", 1)
			continue
		}
		texts = append(texts, r.String())
	}
	return texts
}

// failure returns the message of an error of Grant.
func (c migrateGrantCmd) failure(err error) error {
	params := fault.Params{"role": c.Role, "quoted": pgx.Identifier{c.Role}.Sanitize()}
	var excess *migrate.ExcessError
	switch {
	case errors.Is(err, migrate.ErrNoRole):
		return failure("grant_no_role", params)
	case errors.Is(err, migrate.ErrAllRights):
		return failure("grant_all_rights", params)
	case errors.As(err, &excess):
		params["rights"] = strings.Join(byTable(excess.Rights), "; ")
		return failure("grant_excess", params)
	}
	return databaseFailure(err)
}

// checkRights returns an error if the role of the connection lacks a right that the service needs.
func (e engine) checkRights(ctx context.Context, db *sql.DB) error {
	role, lacking, err := e.schema.Lacking(ctx, db)
	if err != nil || len(lacking) == 0 {
		return err
	}
	return failure("rights_lacking", fault.Params{"role": role, "rights": strings.Join(byTable(lacking), "; ")})
}
