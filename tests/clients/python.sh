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
export PYTHONPATH=$dir/python
python=${PYTHON:-/usr/bin/python3}
"$python" tests/clients/walk.py "$url" docs/procedures/demo-answers.json

# The program of the guide prints the issue of a refused commit, and then the step that a commit opened.
sed -n '/^```python file=first.py$/,/^```$/p' docs/clients.md | sed "1d; \$d; s|http://127.0.0.1:8080|$url|" >"$dir/first.py"
printed=$("$python" "$dir/first.py")
echo "$printed"
[ "$printed" = "values.invalid slots.incident_id validation.required
the open step is diagnosis" ]
