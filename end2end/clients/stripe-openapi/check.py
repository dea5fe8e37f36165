"""Checks the tour's requests and answers against Stripe's document; ends with a count."""

import sys

import jsonschema

import document
import requests_table
import tour

passed = 0
failures = []


def judge(name, problems):
    global passed
    if problems:
        failures.append(name)
        print(f"FAILED {name}")
        for problem in problems[:8]:
            print(f"    {problem}")
    else:
        passed += 1


def problems_of(schema, value):
    """What is wrong with a value, each with the place where it is."""
    validator = jsonschema.Draft202012Validator(schema)
    return [told for error in validator.iter_errors(value) for told in leaves(error)]


def leaves(error):
    """The innermost causes; of several alternatives those of the one that came furthest."""
    if not error.context:
        place = "/".join(str(step) for step in error.absolute_path)
        return [f"{place}: {error.message[:200]}"]
    branches = {}
    for inner in error.context:
        branches.setdefault(inner.schema_path[0], []).append(inner)
    serious = [
        branch
        for branch in branches.values()
        if not any(inner.validator in ("type", "enum") and not inner.path for inner in branch)
    ]
    best = min(serious or branches.values(), key=len)
    return [told for inner in best for told in leaves(inner)]


def check_request(route, fields):
    """Names that the document does not know; what the sandbox took must be known there."""
    known = requests_table.parameters(route)
    top = {name.split("[")[0] for name, _ in fields}
    return [f"{name}: not in the document" for name in sorted(top) if name not in plain(known)]


def plain(names):
    return {name.rstrip("!") for name in names}


def check_events(page):
    for event in page["data"]:
        inner = event["data"]["object"]
        judge(
            f"{event['type']} carries {inner['object']}",
            problems_of(document.object_schema(inner["object"]), inner),
        )


def main():
    table = requests_table.FILE.read_text()
    stale = table != requests_table.text()
    judge("requests.json is what the document gives", ["renew it with --write"] if stale else [])
    with tour.Sandbox() as sandbox:
        calls = tour.run(sandbox)
    seen = {route for route, *_ in calls}
    for route in requests_table.routes():
        judge(f"{route} was called", [] if route in seen else ["add it to the tour"])
    for route, fields, status, answer in calls:
        if status == 200:
            judge(f"{route} asks what is known", check_request(route, fields))
            judge(f"{route} answers", problems_of(document.answer_schema(route), answer))
        else:
            judge(f"{route} refuses ({status})", problems_of(document.object_schema("error"), answer))
        if route == "GET /v1/events" and status == 200:
            check_events(answer)
    print(f"{passed} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
