#!/usr/bin/env bash
# Generates a client in Python with openapi-generator, and walks the demo with it. Needs Java, Python and the libraries
# that the generated client uses.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/clients/serve.sh
node tests/clients/rendition.mjs api/openapi-3.0.gen.json "$dir/contract.json"
jar=tests/clients/node_modules/@openapitools/openapi-generator-cli/bin/openapi-generator.jar
java -jar "$jar" generate -g python --package-name procedo_client -i "$dir/contract.json" -o "$dir/python" \
  >"$dir/generator.log" 2>&1 || { cat "$dir/generator.log"; exit 1; }
PYTHONPATH=$dir/python "${PYTHON:-/usr/bin/python3}" tests/clients/walk.py "$url" docs/procedures/demo-answers.json
