#!/usr/bin/env bash
# Installs the locked version of swagger-ui-dist and copies its files that the server embeds into a folder, dist by
# default. No script of a package runs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
to=${1:-dist}
npm ci --ignore-scripts --no-audit --no-fund --silent
mkdir -p "$to"
for file in swagger-ui-bundle.js swagger-ui-bundle.js.LICENSE.txt swagger-ui.css LICENSE NOTICE; do
  cp "node_modules/swagger-ui-dist/$file" "$to/$file"
done
