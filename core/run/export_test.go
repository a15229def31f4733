package run

// CheckSize is checkSize, which tests call with small limits.
var CheckSize = checkSize
