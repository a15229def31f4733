package main

import (
	"strconv"

	httpadapter "github.com/procedo/procedo/adapters/http"
	"github.com/procedo/procedo/adapters/ratelimit"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/fault"
)

// limitFlags are the flags of serve that limit what each actor and each address may do in a minute.
type limitFlags struct {
	RefusalLimit int `default:"1000" help:"Refused commands a minute per actor and address; 0: no limit."`
	RequestLimit int `default:"0" help:"Requests a minute per actor and address; 0: no limit."`
}

// checkLimits returns an error if a limit is negative.
func (f limitFlags) checkLimits() error {
	for _, l := range []struct {
		flag  string
		given int
	}{{"--refusal-limit", f.RefusalLimit}, {"--request-limit", f.RequestLimit}} {
		if l.given < 0 {
			return failure("at_least", fault.Params{"flag": l.flag, "given": strconv.Itoa(l.given), "min": "0"})
		}
	}
	return nil
}

// limitOptions returns the options of the service that limit refusals.
func (f limitFlags) limitOptions() []app.Option {
	if f.RefusalLimit == 0 {
		return nil
	}
	return []app.Option{app.WithRefusalLimit(ratelimit.New(f.RefusalLimit))}
}

// requests returns the limit of requests, or nil if there is none.
func (f limitFlags) requests() httpadapter.RequestLimit {
	if f.RequestLimit == 0 {
		return nil
	}
	return ratelimit.New(f.RequestLimit)
}
