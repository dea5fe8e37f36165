"""Checks requests and answers against Stripe's document; ends with a count.

Without arguments: a tour through a sandbox of its own, what the Rust SDK asks for, and every call that
our own server makes.
With `--sandbox URL`: what a running sandbox was asked so far, and took.
"""

import json
import re
import sys
import urllib.request

import document
import ours
import requests_table
import tour
from asked import request_problems
from problems import problems_of

GOLDEN = tour.ROOT / "crates/sandbox/tests/golden/async-stripe-session.json"

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


def check_requests(requests):
    """Requests that the sandbox took must be what the document allows."""
    for request in requests:
        route = route_of(request["method"], request["path"])
        if request["status"] == 200 and route:
            name = f"{route} asks what the document allows"
            judge(name, request_problems(route, request["params"]))


def route_of(method, path):
    """The documented route of a path; none for those that Stripe does not document."""
    for route in requests_table.routes():
        known, template = route.split(" ")
        pattern = re.sub(r"\{[^}]+\}", "[^/]+", template)
        if known == method and re.fullmatch(pattern, path):
            return route
    return None


def check_answers(calls):
    for route, status, answer in calls:
        if status == 200:
            judge(f"{route} answers", problems_of(document.answer_schema(route), answer))
        else:
            judge(f"{route} refuses ({status})", problems_of(document.object_schema("error"), answer))
        if route == "GET /v1/events" and status == 200:
            check_events(answer)


def check_events(page):
    for event in page["data"]:
        inner = event["data"]["object"]
        judge(
            f"{event['type']} carries {inner['object']}",
            problems_of(document.object_schema(inner["object"]), inner),
        )


def check_tour():
    stale = requests_table.FILE.read_text() != requests_table.text()
    judge("requests.json is what the document gives", ["renew it with --write"] if stale else [])
    sdk = request_problems("POST /v1/checkout/sessions", json.loads(GOLDEN.read_text()))
    judge("the Rust SDK asks what the document allows", sdk)
    with tour.Sandbox() as sandbox:
        calls = tour.run(sandbox)
        requests = requests_of(sandbox.base)
    seen = {route for route, *_ in calls}
    for route in requests_table.routes():
        judge(f"{route} was called", [] if route in seen else ["add it to the tour"])
    check_requests(requests)
    check_answers(calls)


def check_ours():
    """Our server makes all its calls, nothing that it asks is refused, and a repeat would do no harm."""
    with tour.Sandbox() as sandbox:
        ours.run(sandbox)
        requests = [each for each in requests_of(sandbox.base) if is_ours(each)]
        results = ("GET /v1/checkout/sessions", "GET /v1/events")
        check_answers([(route, *sandbox.call(*route.split(" "))) for route in results])
    asked = set()
    for request in requests:
        told = f"{request['method']} {request['path']} {request['params']}"
        route = route_of(request["method"], request["path"])
        asked.add(route)
        is_taken = route and request["status"] == 200
        judge("our server asks what Stripe takes", [] if is_taken else [told])
        is_safe = request["method"] == "GET" or request["idempotencyKey"]
        judge("our server may ask again", [] if is_safe else [f"no Idempotency-Key: {told}"])
    for function in ours.functions():
        is_made = function in ours.CALLS and ours.CALLS[function] in asked
        judge(f"our server was made to {function}", [] if is_made else ["add it to ours.py"])
    check_requests(requests)


def is_ours(request):
    """All but what ours.py itself asks."""
    return request["method"] + " " + request["path"] != "POST /v1/webhook_endpoints"


def requests_of(base):
    with urllib.request.urlopen(f"{base}/_sandbox/requests") as answer:
        return json.load(answer)


def main(words):
    if words[:1] == ["--sandbox"]:
        check_requests(requests_of(words[1].rstrip("/")))
    else:
        check_tour()
        check_ours()
    print(f"{passed} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
