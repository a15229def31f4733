package audit

import "time"

// ClockTolerance is how far the clocks of the processes that write to one trail may differ without a warning.
const ClockTolerance = 2 * time.Second
