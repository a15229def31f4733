package login

// For tests in package login_test.
var (
	ReturnPath  = returnPath
	AttemptName = attemptName
)

const (
	ClaimTime   = claimTime
	Patience    = patience
	MaxAttempts = maxAttempts
)
