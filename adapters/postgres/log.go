package postgres

import (
	"context"

	. "github.com/go-jet/jet/v2/postgres" //nolint:staticcheck // go-jet is designed for dot imports
	"github.com/jackc/pgx/v5"

	"github.com/procedo/procedo/adapters/postgres/gen/table"
	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/audit"
)

var (
	nodes, cosignatures = table.AuditNodes, table.AuditCosignatures

	insertNodes = insertBulk(nodes, nil,
		columnOf(nodes.Position, "bigint[]", func(n *storage.Node) int64 { return n.Position }),
		columnOf(nodes.Hash, "text[]", func(n *storage.Node) string { return n.Hash }),
	)
	selectNodes = prepare(SELECT(nodes.Position, nodes.Hash).FROM(nodes).
			WHERE(RawBool(storage.Named("audit_nodes.position = ANY (#positions::bigint[])"))))
	countNodes = prepare(SELECT(COUNT(STAR)).FROM(nodes))

	insertCosignature    = prepare(insertInto(cosignatures, cosignatures.AllColumns).ON_CONFLICT().DO_NOTHING())
	selectLatestCosigned = prepare(SELECT(COALESCE(MAX(cosignatures.Number), Int(0))).FROM(cosignatures))
	selectCosigners      = prepare(SELECT(cosignatures.Witness).FROM(cosignatures).
				WHERE(cosignatures.Number.EQ(intParam("number"))).
				ORDER_BY(cosignatures.Witness))
)

// Nodes returns the hashes of the log's nodes at the given positions.
func (c Checkpoints) Nodes(ctx context.Context, positions []int64) ([]audit.Hash, error) {
	stored := make(map[int64]string, len(positions))
	err := c.DB.query(ctx, selectNodes.Bind(args{"positions": positions}), func(rows pgx.Rows) error {
		var n storage.Node
		err := rows.Scan(&n.Position, &n.Hash)
		stored[n.Position] = n.Hash
		return err
	})
	if err != nil {
		return nil, err
	}
	hashes, err := storage.ReadNodes(positions, stored)
	return hashes, translate(err)
}

// NodeCount returns the number of stored nodes.
func (c Checkpoints) NodeCount(ctx context.Context) (count int64, err error) {
	err = c.DB.row(ctx, countNodes.Bind(nil)).Scan(&count)
	return count, translate(err)
}

// Cosign stores the lines of a witness, unless it already has lines for this checkpoint.
func (c Checkpoints) Cosign(ctx context.Context, number int64, witness, lines string) error {
	row := args{"number": number, "witness": witness, "lines": lines}
	_, err := c.DB.exec(ctx, c.DB.background, insertCosignature.Bind(row))
	return translate(err)
}

// LatestCosigned returns the number of the latest checkpoint that a witness has cosigned, or 0.
func (c Checkpoints) LatestCosigned(ctx context.Context) (number int64, err error) {
	err = c.DB.row(ctx, selectLatestCosigned.Bind(nil)).Scan(&number)
	return number, translate(err)
}

// Cosigners returns the witnesses that have lines for a checkpoint.
func (c Checkpoints) Cosigners(ctx context.Context, number int64) (all []string, err error) {
	err = c.DB.query(ctx, selectCosigners.Bind(args{"number": number}), func(rows pgx.Rows) error {
		var witness string
		err := rows.Scan(&witness)
		all = append(all, witness)
		return err
	})
	return all, err
}
