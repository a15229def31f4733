"""Walks the demo with the client that openapi-generator made, and reads a refused commit as data."""

import json
import sys
from decimal import Decimal

from procedo_client import ApiClient, ApiException, Configuration, ProceduresApi, RunsApi, TrailApi

server, answers_file = sys.argv[1:]
client = ApiClient(Configuration(host=server))
# What is the same for every request is set once. With the preference, exact numbers are strings of their digits:
# Python would read a JSON number as a float.
client.set_default_header("X-Actor", "claire")
client.set_default_header("Accept-Language", "en")
client.set_default_header("Prefer", "numbers=string")
runs, trail, procedures = RunsApi(client), TrailApi(client), ProceduresApi(client)

run = runs.start_run({"procedure_id": "incident-paiement-instantane"})
refused = 0
for answer in json.load(open(answers_file, encoding="utf-8")):
    is_refused = answer.pop("refused", False)
    step = answer.pop("step")
    try:
        run = runs.commit_step(run.id, step, step_commit=answer)
        assert not is_refused
    except ApiException as refusal:
        problem = json.loads(refusal.body)
        assert is_refused and refusal.status == 422 and problem["code"] == "values.invalid", problem
        issues = {issue["field"]: issue["code"] for issue in problem["issues"]}
        assert issues["slots.severity"] == "validation.enum", issues
        refused += 1
assert (run.state, refused) == ("completed", 1), run
events = trail.list_run_events(run.id, limit=200).items
assert [event.seq for event in events] == list(range(1, run.seq + 1))

# Numbers are read, and written back as they were read.
exact = {"whole": "12345678901234567890", "fraction": "0.12345678901234567890123"}
slots = [{"name": "whole", "type": "integer"}, {"name": "fraction", "type": "number"}]
steps = [{"key": key, "title": key, "slots": slots} for key in ("first", "second")]
made = procedures.create_procedure({"name": "Exact numbers", "steps": steps})
run = runs.start_run({"procedure_id": made.id})
run = runs.commit_step(run.id, "first", step_commit={"slots": exact})
read = runs.get_run(run.id).steps[0].slots
assert read == exact, read
assert Decimal(read["fraction"]) + 1 == Decimal("1.12345678901234567890123")
run = runs.commit_step(run.id, "second", step_commit={"slots": read})
assert run.state == "completed" and run.steps[1].slots == exact, run

print("The Python client completed the demo, read a refused commit, and kept the digits of numbers.")
