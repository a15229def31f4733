package storage

import (
	"github.com/go-json-experiment/json"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
)

// ReceiptRow holds the columns of a receipt that are stored in the same way by all databases.
type ReceiptRow struct {
	Fingerprint                            string
	RunID, ProcedureID, Location, Language *string
	Seq, Status                            *int64
	Warnings                               *string
	Answer                                 []byte
}

// Targets returns where to scan the columns, in the order of the fields.
func (r *ReceiptRow) Targets() []any {
	return []any{
		&r.Fingerprint, &r.RunID, &r.ProcedureID, &r.Location, &r.Language, &r.Seq, &r.Status, &r.Warnings, &r.Answer,
	}
}

// ReceiptArgs returns the parameters of the statement that writes a receipt, by column, without the time.
func ReceiptArgs(r *app.Receipt) Args {
	row := Args{
		"actor": r.Actor, "operation": r.Operation, "key": r.Key, "fingerprint": r.Fingerprint,
		"run_id": nil, "procedure_id": nil, "seq": nil, "status": nil, "location": NonEmpty(r.Reply.Location),
		"language": nil, "warnings": nil, "answer": nil,
	}
	switch r.Entity.Type {
	case audit.RunEntity:
		row["run_id"] = r.Entity.ID
	case audit.ProcedureEntity:
		row["procedure_id"] = r.Entity.ID
	}
	if r.Answer != nil {
		row["answer"] = r.Answer
		return row
	}
	row["seq"], row["status"], row["language"] = r.Seq, r.Reply.Status, r.Reply.Language
	if r.Reply.Warnings.Count > 0 {
		// The core keeps only warnings that have a JSON form.
		if warnings, err := json.Marshal(r.Reply.Warnings.First, json.Deterministic(true)); err == nil {
			row["warnings"] = string(warnings)
		}
	}
	return row
}

// ReadInto sets the fields of a receipt that the row holds.
func (r *ReceiptRow) ReadInto(receipt *app.Receipt) error {
	receipt.Fingerprint, receipt.Answer = r.Fingerprint, r.Answer
	switch {
	case r.RunID != nil:
		receipt.Entity = audit.Run(*r.RunID)
	case r.ProcedureID != nil:
		receipt.Entity = audit.Procedure(*r.ProcedureID)
	}
	if r.Answer != nil {
		return nil
	}
	if r.Seq == nil || r.Status == nil || r.Language == nil {
		return Corrupt("the receipt of %s for %s has neither an answer nor a seq", receipt.Actor, receipt.Operation)
	}
	receipt.Seq = *r.Seq
	receipt.Reply = app.Reply{Status: int(*r.Status), Location: OrEmpty(r.Location), Language: *r.Language}
	if r.Warnings == nil {
		return nil
	}
	var warnings []fault.Issue
	if err := json.Unmarshal([]byte(*r.Warnings), &warnings); err != nil {
		return Corrupt("the warnings of a receipt: %v", err)
	}
	for _, w := range warnings {
		wholeNumbers(w.Params)
	}
	receipt.Reply.Warnings.Add(warnings...)
	return nil
}

// wholeNumbers turns the whole numbers among params that were read from JSON into integers, as they were. Otherwise,
// messages would show a large number with an exponent.
func wholeNumbers(params fault.Params) {
	const exact = 1 << 53 // beyond, a float64 does not hold every integer
	for name, value := range params {
		if f, ok := value.(float64); ok && f == float64(int64(f)) && f > -exact && f < exact {
			params[name] = int64(f)
		}
	}
}
