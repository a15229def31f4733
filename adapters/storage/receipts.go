package storage

import "github.com/procedo/procedo/core/app"

// OtherReceipts returns the parameters of the statement that deletes a run's receipts after an erasure. The receipt of
// the erasure itself, if there is one, is not deleted: its key is among the parameters.
func OtherReceipts(c app.RunChange) Args {
	own := app.ReceiptKey{}
	if c.Receipt != nil {
		own = c.Receipt.ReceiptKey
	}
	return Args{"run_id": c.After.ID, "actor": own.Actor, "operation": own.Operation, "key": own.Key}
}
