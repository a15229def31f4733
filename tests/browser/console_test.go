package browser

import "testing"

func TestTheDemoIsDoneInTheConsoleByTheKeyboard(t *testing.T) {
	run(t, "console_walk.mjs", serve(t, "--demo"))
}
