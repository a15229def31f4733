package verify_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/audit/audittest"
	"github.com/procedo/procedo/core/verify"
)

// cosigner is an app.Witness that cosigns whatever it is shown. With forge, its signatures are those of another text.
type cosigner struct {
	*audittest.Witness
	at    time.Time
	forge bool
}

func (c cosigner) Name() string { return "https://" + c.Witness.Name }

func (c cosigner) Cosign(_ context.Context, note string, _ int64, _ []audit.Hash) (string, error) {
	if c.forge {
		note = "x" + note
	}
	return c.Witness.Cosign(note, c.at), nil
}

var (
	cosignedAt = time.Date(2026, 11, 29, 10, 0, 0, 0, time.UTC)
	honest     = audittest.NewWitness("witness.example", "honest")
	second     = audittest.NewWitness("second.example", "second")
	forger     = audittest.NewWitness("forged.example", "forged")
	stranger   = audittest.NewWitness("stranger.example", "stranger")
)

// cosignedFixture returns a database with four checkpoints. The first is cosigned by second, the second by honest and
// by a forger, the others by nobody. The run is covered by the second and the third.
func cosignedFixture(t *testing.T) (fx *fixture, run string) {
	t.Helper()
	fx = newFixture(t)
	checkpoint := func(by ...cosigner) {
		made, err := fx.MakeCheckpoints(t.Context(), []audit.Key{auditKey(t, "alice")}, "")
		require.NoError(t, err)
		require.Len(t, made, 1)
		for _, one := range by {
			_, err := fx.Cosign(t.Context(), one)
			require.NoError(t, err)
		}
	}
	fx.startRun()
	checkpoint(cosigner{Witness: second, at: cosignedAt.Add(-time.Hour)})
	run = fx.startRun()
	checkpoint(cosigner{Witness: honest, at: cosignedAt}, cosigner{Witness: forger, at: cosignedAt, forge: true})
	fx.startRun()
	checkpoint()
	fx.startRun()
	checkpoint()
	return fx, run
}

// cosignedBy returns what a verification says of the last cosigned checkpoint.
func cosignedBy(number, later int64, w *audittest.Witness, at time.Time) verify.Cosigned {
	return verify.Cosigned{Number: number, Later: later, By: []audit.Cosignature{{Witness: w.Name, Time: at}}}
}

// cosignedCases are the same for a database, an export and the files of a sink.
var cosignedCases = map[string]struct {
	trusted  []audit.WitnessKey
	findings []string
	cosigned verify.Cosigned
}{
	"no witness": {nil, nil, verify.Cosigned{}},
	"one":        {[]audit.WitnessKey{honest.Key}, nil, cosignedBy(2, 2, honest, cosignedAt)},
	"an earlier one": {
		[]audit.WitnessKey{second.Key}, nil, cosignedBy(1, 3, second, cosignedAt.Add(-time.Hour)),
	},
	"the later of two": {
		[]audit.WitnessKey{second.Key, honest.Key}, nil, cosignedBy(2, 2, honest, cosignedAt),
	},
	"one that has cosigned nothing": {
		[]audit.WitnessKey{stranger.Key},
		[]string{"checkpoint 4: neither this checkpoint nor an earlier one is cosigned by a trusted witness"},
		verify.Cosigned{},
	},
	"one of two that has": {
		[]audit.WitnessKey{stranger.Key, honest.Key}, nil, cosignedBy(2, 2, honest, cosignedAt),
	},
	"another key of the name": {
		[]audit.WitnessKey{audittest.NewWitness("witness.example", "another").Key},
		[]string{"checkpoint 4: neither this checkpoint nor an earlier one is cosigned by a trusted witness"},
		verify.Cosigned{},
	},
	"a forged one": {
		[]audit.WitnessKey{forger.Key},
		[]string{
			"checkpoint 2: the cosignature of forged.example is not valid",
			"checkpoint 4: neither this checkpoint nor an earlier one is cosigned by a trusted witness",
		},
		verify.Cosigned{},
	},
	"a forged one beside a valid one": {
		[]audit.WitnessKey{forger.Key, honest.Key},
		[]string{"checkpoint 2: the cosignature of forged.example is not valid"},
		cosignedBy(2, 2, honest, cosignedAt),
	},
}

func TestCosignaturesInADatabase(t *testing.T) {
	fx, _ := cosignedFixture(t)
	for name, c := range cosignedCases {
		var findings []string
		counts, err := fx.All(t.Context(), verify.Options{Trust: verify.Trust{Witnesses: c.trusted}}, func(f audit.Finding) {
			findings = append(findings, i18n.Accept("en").Finding(f))
		})
		require.NoError(t, err)
		require.Equal(t, c.findings, findings, name)
		require.Equal(t, c.cosigned, counts.Cosigned, name)
	}
}

func TestCosignaturesInAnExport(t *testing.T) {
	fx, _ := cosignedFixture(t)
	var out lines
	require.NoError(t, fx.Export(t.Context(), &out))
	for name, c := range cosignedCases {
		findings, counts := checkLines(t, verify.Trust{Witnesses: c.trusted}, out.all...)
		require.Equal(t, c.findings, findings, name)
		require.Equal(t, c.cosigned, counts.Cosigned, name)
	}
}

// sinkLines returns the lines that a sink of the fixture gets, with the cosignatures of now.
func (fx *fixture) sinkLines() (all []string) {
	fx.t.Helper()
	records, err := fx.feed.Records(fx.t.Context(), audit.Cursor{}, app.PageSize{Items: 1000})
	require.NoError(fx.t, err)
	var out lines
	for _, r := range records.Items {
		require.NoError(fx.t, out.add(r.Line()))
	}
	return out.all
}

func TestCosignaturesInTheFilesOfASink(t *testing.T) {
	fx, _ := cosignedFixture(t)
	all := fx.sinkLines()
	for name, c := range cosignedCases {
		findings, counts := checkLines(t, verify.Trust{Witnesses: c.trusted}, all...)
		require.Equal(t, c.findings, findings, name)
		require.Equal(t, c.cosigned, counts.Cosigned, name)
	}
}

// TestACosignatureMayComeWithARepeatedLine repeats a checkpoint that a sink received before it was cosigned.
func TestACosignatureMayComeWithARepeatedLine(t *testing.T) {
	fx, _ := cosignedFixture(t)
	all := fx.sinkLines()
	at := slices.IndexFunc(all, func(line string) bool { return strings.HasPrefix(line, `{"checkpoint":2,`) })
	repeated := all[at]
	cut := strings.Index(repeated, "— forged.example") // before the lines of both
	all[at] = repeated[:cut] + repeated[strings.Index(repeated, `","header"`):]
	findings, _ := checkLines(t, verify.Trust{Witnesses: []audit.WitnessKey{honest.Key}}, all...)
	require.NotEmpty(t, findings)
	all = append(all, repeated)
	findings, counts := checkLines(t, verify.Trust{Witnesses: []audit.WitnessKey{honest.Key}}, all...)
	require.Empty(t, findings)
	require.Equal(t, cosignedBy(2, 2, honest, cosignedAt), counts.Cosigned)
	findings, _ = checkLines(t, verify.Trust{Witnesses: []audit.WitnessKey{honest.Key, forger.Key}}, all...)
	require.Equal(t, []string{"checkpoint 2: the cosignature of forged.example is not valid"}, findings)
}

func TestCosignaturesInABundle(t *testing.T) {
	fx, run := cosignedFixture(t)
	b, err := fx.Bundle(t.Context(), run)
	require.NoError(t, err)
	unsigned, err := fx.Bundle(t.Context(), fx.startRun()) // no checkpoint covers it
	require.NoError(t, err)
	prefix := "run " + run + ": "
	for name, c := range map[string]struct {
		trusted  []audit.WitnessKey
		findings []string
		cosigned verify.Cosigned
	}{
		"no witness": {nil, nil, verify.Cosigned{}},
		"one":        {[]audit.WitnessKey{second.Key, honest.Key}, nil, cosignedBy(2, 0, honest, cosignedAt)},
		"one that cosigned another checkpoint": {
			[]audit.WitnessKey{second.Key}, []string{"checkpoint 2 is not cosigned by a trusted witness"}, verify.Cosigned{},
		},
		"a forged one": {
			[]audit.WitnessKey{forger.Key},
			[]string{
				"checkpoint 2: the cosignature of forged.example is not valid",
				"checkpoint 2 is not cosigned by a trusted witness",
			},
			verify.Cosigned{},
		},
		"a forged one beside a valid one": {
			[]audit.WitnessKey{forger.Key, honest.Key},
			[]string{"checkpoint 2: the cosignature of forged.example is not valid"},
			cosignedBy(2, 0, honest, cosignedAt),
		},
	} {
		var findings []string
		o := verify.Options{Trust: verify.Trust{Witnesses: c.trusted}}
		counts := b.Verify(cel.Language{}, o, func(f audit.Finding) {
			findings = append(findings, strings.TrimPrefix(i18n.Accept("en").Finding(f), prefix))
		})
		require.Equal(t, c.findings, findings, name)
		require.Equal(t, c.cosigned, counts.Cosigned, name)
	}
	var findings []string
	o := verify.Options{Trust: verify.Trust{Witnesses: []audit.WitnessKey{honest.Key}}}
	unsigned.Verify(cel.Language{}, o, func(f audit.Finding) { findings = append(findings, i18n.Accept("en").Wrong(f.Problem)) })
	require.Equal(t, []string{"the bundle has no checkpoint"}, findings)
}

func TestWithoutCheckpointsNothingIsCosigned(t *testing.T) {
	fx := newFixture(t)
	fx.startRun()
	var findings []string
	o := verify.Options{Trust: verify.Trust{Witnesses: []audit.WitnessKey{honest.Key}}}
	_, err := fx.All(t.Context(), o, func(f audit.Finding) { findings = append(findings, i18n.Accept("en").Wrong(f.Problem)) })
	require.NoError(t, err)
	require.Len(t, findings, 1)
}
