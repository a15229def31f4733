package main

import (
	"context"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"time"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/verify"
)

type verifyCmd struct {
	database
	secretsFlag
	Checkpoint []string `help:"File with kept checkpoints, to compare; repeatable." placeholder:"FILE"`
	Key        []string `sep:"none" help:"Verifier key of the latest checkpoint; repeatable." placeholder:"KEY"`
	WitnessKey []string `sep:"none" help:"Verifier key of a witness that must have cosigned a checkpoint; repeatable." placeholder:"KEY"`
	Rules      bool     `help:"Also decide every command again with today's rules, and warn about differences."`
	Files      []string `arg:"" optional:"" type:"existingfile" help:"Bundle, export or files of a sink to verify."`
}

// Help is shown by --help below the summary.
func (verifyCmd) Help() string {
	return "Without files, the database is verified; with files, only the files are. A file for --checkpoint " +
		"contains signed notes or lines from a sink, which the stored checkpoints must match. --key takes the verifier " +
		"key that audit keygen prints; one of these keys must have signed the latest checkpoint. --witness-key takes the " +
		"verifier key of a witness; one of these witnesses must have cosigned a checkpoint, in a bundle its checkpoint."
}

// gcPercent is the GOGC setting during a verification. It makes garbage collections rarer, which saves time. The heap
// is small, so it costs little memory.
const gcPercent = 800

// Run verifies and shows every finding. The exit status is 1 if there are findings that are not warnings.
func (c verifyCmd) Run(ctx context.Context, m *Main) error {
	if os.Getenv("GOGC") == "" {
		defer debug.SetGCPercent(debug.SetGCPercent(gcPercent))
	}
	v, err := c.options(ctx)
	if err != nil {
		return err
	}
	findings, warnings := 0, 0
	done, err := c.verify(ctx, v, func(f audit.Finding) {
		if f.Warning {
			warnings++
		} else {
			findings++
		}
		m.println(terminalLocale().Finding(f))
	})
	if err != nil {
		return err
	}
	for _, text := range slices.Concat(hiddenTexts(done), unsignedText(done), cosignedText(done)) {
		m.println(text)
	}
	m.println(c.summary(done, findings, warnings))
	if findings > 0 {
		return exitError(1)
	}
	return nil
}

// summary returns the last line of the output: how much was checked, and the number of findings.
func (c verifyCmd) summary(done verify.Counts, findings, warnings int) string {
	checked := []string{
		count("procedures", done.Procedures), count("runs", done.Runs), count("events", done.Events),
	}
	if done.Checkpoints > 0 {
		checked = append(checked, count("checkpoints", done.Checkpoints))
	}
	found := count("findings", findings)
	if c.Rules {
		found += ", " + count("warnings", warnings)
	}
	return say("verified", fault.Params{"checked": checked, "found": found})
}

// unsignedText returns a line with the number of events that no signature covers, unless there are no events. Without
// those events, the rest would verify as well.
func unsignedText(done verify.Counts) []string {
	if done.Events == 0 {
		return nil
	}
	if done.Invalid > 0 {
		return []string{say("checkpoints_invalid", fault.Params{"count": done.Invalid})}
	}
	if done.Unsigned == 0 {
		return []string{say("checkpoint_covers_all", nil)}
	}
	return []string{say("unsigned", fault.Params{"count": done.Unsigned, "events": count("events", done.Events)})}
}

// cosignedText returns a line about the last checkpoint that a trusted witness has cosigned, unless there is none.
// Nobody, not even with the keys of the log, can have changed the history before it since then.
func cosignedText(done verify.Counts) []string {
	c := done.Cosigned
	if c.Number == 0 {
		return nil
	}
	by := make([]string, len(c.By))
	for i, one := range c.By {
		by[i] = say("cosigner", fault.Params{"witness": one.Witness, "at": one.Time.UTC().Format(time.RFC3339)})
	}
	params := fault.Params{"number": strconv.FormatInt(c.Number, 10), "by": by, "count": c.Later}
	if c.Later == 0 {
		return []string{say("checkpoint_cosigned", params)}
	}
	return []string{say("checkpoint_cosigned_before", params)}
}

// hiddenTexts returns lines about withheld and erased texts, and about values that could therefore not be compared.
func hiddenTexts(done verify.Counts) (lines []string) {
	if text := withheldText(done); text != "" {
		lines = append(lines, text)
	}
	if done.Erased > 0 {
		lines = append(lines, say("texts_erased", fault.Params{"count": done.Erased}))
	}
	lines = append(lines, sealedTexts(done)...)
	if done.Unread > 0 {
		lines = append(lines, say("unread", fault.Params{"count": done.Unread}))
	}
	return lines
}

// sealedTexts returns a line with the number of sensitive values that were not recomputed, because they are encrypted
// and no key is given. It returns none if there are no such values.
func sealedTexts(done verify.Counts) []string {
	if done.Sealed == 0 {
		return nil
	}
	return []string{say("values_sealed", fault.Params{"count": done.Sealed})}
}

// withheldText returns a line with the places that a bundle withholds; empty if there are none.
func withheldText(done verify.Counts) string {
	if len(done.Withheld) == 0 {
		return ""
	}
	return say("withheld", fault.Params{"count": len(done.Withheld), "places": placeTexts(done.Withheld)})
}

// options returns the options that the flags select. It reads the kept checkpoints.
func (c verifyCmd) options(ctx context.Context) (verify.Options, error) {
	witnesses, err := witnessKeys(c.WitnessKey)
	v := verify.Options{Trust: verify.Trust{Keys: c.Key, Witnesses: witnesses}, Rules: c.Rules}
	if err != nil {
		return v, err
	}
	for _, key := range c.Key {
		if audit.CheckPublic(key) != nil {
			return v, failure("bad_key", fault.Params{"given": shownKey(key)})
		}
	}
	var notes keptNotes
	for _, name := range c.Checkpoint {
		found, err := readNotes(ctx, name)
		if err != nil {
			return v, inFile(name, err)
		}
		if len(found) == 0 {
			return v, failure("no_checkpoint", fault.Params{"file": name})
		}
		if _, err := verify.KeptCheckpoints(found); err != nil && !isFork(err) {
			return v, inFile(name, err)
		}
		notes.add(name, found)
	}
	of := c.database
	if len(c.Files) > 0 { // nothing says which database they come from
		of = database{}
	}
	v.Kept, err = notes.checkpoints(ctx, of)
	return v, err
}

// verify verifies the files or, if none are named, the database.
func (c verifyCmd) verify(
	ctx context.Context, v verify.Options, report func(audit.Finding),
) (verify.Counts, error) {
	if len(c.Files) > 0 {
		return verifyFiles(ctx, c.Files, v, report)
	}
	keyset, err := c.keyset(ctx)
	if err != nil {
		return verify.Counts{}, err
	}
	c.secrets = keyset
	w, err := c.openReading(ctx)
	if err != nil {
		return verify.Counts{}, err
	}
	defer w.close()
	return verifyDatabase(ctx, w.verifier, v, report)
}

// verifyDatabase verifies the whole database on all processors. Findings are reported in a fixed order.
func verifyDatabase(
	ctx context.Context, v *verify.Verifier, o verify.Options, report func(audit.Finding),
) (verify.Counts, error) {
	type result struct {
		counts verify.Counts
		found  []audit.Finding
	}
	var all verify.Counts
	times, err := v.CheckpointTimes(ctx)
	if err != nil {
		return all, err
	}
	o.Times = times
	collect := func(check func(report func(audit.Finding)) (verify.Counts, error)) (r result, err error) {
		r.counts, err = check(func(f audit.Finding) { r.found = append(r.found, f) })
		return r, err
	}
	err = inOrder(ctx, func(ctx context.Context, submit submitFunc[result]) error {
		submit(func(ctx context.Context) (result, error) {
			return collect(func(report func(audit.Finding)) (verify.Counts, error) {
				return verify.Counts{}, v.Schema(ctx, report)
			})
		})
		submit(func(ctx context.Context) (result, error) {
			return collect(func(report func(audit.Finding)) (verify.Counts, error) {
				return v.Whole(ctx, o.Trust, report)
			})
		})
		return v.EachRange(ctx, func(r audit.Range) error {
			submit(func(ctx context.Context) (result, error) {
				return collect(func(report func(audit.Finding)) (verify.Counts, error) {
					return v.Range(ctx, o, r, report)
				})
			})
			return ctx.Err()
		})
	}, func(r result) error {
		all.Add(r.counts)
		for _, f := range r.found {
			report(f)
		}
		return nil
	})
	return all, err
}
