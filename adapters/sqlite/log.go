package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"

	. "github.com/go-jet/jet/v2/sqlite" //nolint:staticcheck // go-jet is designed for dot imports

	"github.com/procedo/procedo/adapters/sqlite/gen/table"
	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/audit"
)

var (
	nodes, cosignatures = table.AuditNodes, table.AuditCosignatures

	insertNodes = insertion[storage.Node]{into: nodes, columns: []column[storage.Node]{
		{nodes.Position, func(n storage.Node) any { return n.Position }},
		{nodes.Hash, func(n storage.Node) any { return n.Hash }},
	}}
	selectNodes = prepare(SELECT(nodes.Position, nodes.Hash).FROM(nodes).
			WHERE(RawBool(storage.Named("audit_nodes.position IN (SELECT value FROM json_each(#positions))"))))
	countNodes = prepare(SELECT(COUNT(STAR)).FROM(nodes))

	insertCosignature = prepare(RawStatement(storage.Named(`
		INSERT INTO audit_cosignatures (number, witness, lines) SELECT #number, #witness, #lines
		WHERE NOT EXISTS (SELECT 1 FROM audit_cosignatures WHERE number = #number AND witness = #witness)`)))
	selectLatestCosigned = prepare(SELECT(COALESCE(MAX(cosignatures.Number), Int(0))).FROM(cosignatures))
	selectCosigners      = prepare(SELECT(cosignatures.Witness).FROM(cosignatures).
				WHERE(cosignatures.Number.EQ(intParam("number"))).
				ORDER_BY(cosignatures.Witness))
)

// Nodes returns the hashes of the log's nodes at the given positions.
func (c Checkpoints) Nodes(ctx context.Context, positions []int64) ([]audit.Hash, error) {
	list, err := json.Marshal(positions)
	if err != nil {
		return nil, translate(err)
	}
	stored := make(map[int64]string, len(positions))
	err = c.DB.query(ctx, selectNodes.Bind(args{"positions": string(list)}), func(rows *sql.Rows) error {
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
	return c.DB.inTransaction(ctx, c.DB.write, func(t tx) error {
		_, err := t.exec(ctx, insertCosignature.Bind(args{"number": number, "witness": witness, "lines": lines}))
		return translate(err)
	})
}

// LatestCosigned returns the number of the latest checkpoint that a witness has cosigned, or 0.
func (c Checkpoints) LatestCosigned(ctx context.Context) (number int64, err error) {
	err = c.DB.row(ctx, selectLatestCosigned.Bind(nil)).Scan(&number)
	return number, translate(err)
}

// Cosigners returns the witnesses that have lines for a checkpoint.
func (c Checkpoints) Cosigners(ctx context.Context, number int64) (all []string, err error) {
	err = c.DB.query(ctx, selectCosigners.Bind(args{"number": number}), func(rows *sql.Rows) error {
		var witness string
		err := rows.Scan(&witness)
		all = append(all, witness)
		return err
	})
	return all, err
}
