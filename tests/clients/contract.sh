#!/usr/bin/env bash
# Starts a server with the demo, and runs contract.mjs against it.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/clients/serve.sh
node tests/clients/contract.mjs "$url"
