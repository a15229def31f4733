package memory

// SizeOf is sizeOf.
var SizeOf = sizeOf
