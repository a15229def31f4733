package main

import (
	"context"
	"time"
)

// replicas measures walks through one process of the service, and through two that share the database.
func (b *bench) replicas(ctx context.Context) (report, error) {
	first, err := b.onDatabase(ctx, "replicas", b.procedo)
	if err != nil {
		return nil, err
	}
	defer first.stop()
	second, err := b.procedo(ctx, "replica", b.postgres.url(databaseOf("replicas")))
	if err != nil {
		return nil, err
	}
	defer second.stop()
	one, err := walks(ctx, first, users, fiveSteps)
	if err != nil {
		return nil, err
	}
	other, err := walks(ctx, second, users, fiveSteps)
	if err != nil {
		return nil, err
	}
	each := func(ctx context.Context, user int, note func(time.Duration)) error {
		if user%2 == 0 {
			return one(ctx, user, note)
		}
		return other(ctx, user, note)
	}
	inTurn, err := walksOver(ctx, newClient(users, first.base, second.base), fiveSteps)
	if err != nil {
		return nil, err
	}
	pair := &system{name: "two", others: []*system{first, second}}
	results, err := b.inTurn(ctx, []job{
		{"one process", first, users, one}, {"two, each with its users", pair, users, each},
		{"two, by turns", pair, users, inTurn},
	})
	if err != nil {
		return nil, err
	}
	rows := [][]string{resultHead("walk at 16 connections")}
	for i, name := range []string{
		"one process", "two processes, each with its users", "two processes, which get requests in turn",
	} {
		m := median(results[i])
		rows = append(rows, m.row(name))
	}
	return report{{"replicas", table(rows)}}, nil
}
