package containers

import (
	"testing"
	"time"

	"github.com/moby/moby/client"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/testcontainers/testcontainers-go"
)

// pause pauses a container. Docker may give up on a busy machine, if the server starts processes at the same moment.
func pause(t testing.TB, docker *testcontainers.DockerClient, id string) {
	t.Helper()
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		_, err := docker.ContainerPause(t.Context(), id, client.ContainerPauseOptions{})
		assert.NoError(c, err)
	}, time.Minute, 100*time.Millisecond)
}
