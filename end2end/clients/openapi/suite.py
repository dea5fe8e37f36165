"""schemathesis against the description of the JSON API, as three callers; ends with a count."""

import base64
import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import urllib.parse

import guide
from description import fields, operations, strict
from house import House, send
from shop import open_shop

HERE = pathlib.Path(__file__).resolve().parent
SCHEMATHESIS = pathlib.Path(sys.executable).with_name("schemathesis")

# What a token that ships inside programs may do; all else answers it with nothing.
SHIPPED = {
    "POST /api/license/activate",
    "POST /api/license/deactivate",
    "POST /api/license/validate",
    "POST /api/license/features/csv",
    "GET /api/license/{key}/usage",
    "GET /api/crypto/keys",
    "GET /api/crypto/keys/public",
}
# Whoever brings no token is told so, or that a call takes another method.
NO_TOKEN = {401, 405}

passed = 0
failures = []


def judge(name, problems):
    global passed
    if not problems:
        passed += 1
        print(f"ok {name}")
        return
    failures.append(name)
    print(f"FAILED {name}")
    for problem in problems[:5]:
        print(f"    {problem}")


class Run:
    """One run of schemathesis, and what became of each call."""

    def __init__(self, house, description, words):
        folder = pathlib.Path(house.folder.name)
        (folder / "openapi.json").write_text(json.dumps(description))
        report = folder / "report.ndjson"
        command = [
            SCHEMATHESIS, "--config-file", folder / "schemathesis.toml", "run",
            folder / "openapi.json", "--url", house.url, "--no-color",
            "--report", "ndjson", "--report-ndjson-path", report, *words,
        ]
        ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        self.said = ended.stdout + ended.stderr
        self.failed = ended.returncode != 0
        self.fields = {call: fields(description, call) for call, _ in operations(description)}
        self.statuses = collections.defaultdict(collections.Counter)
        self.problems = collections.defaultdict(set)
        for line in report.read_text().splitlines():
            ((kind, event),) = json.loads(line).items()
            if kind == "ScenarioFinished":
                self.read(event["recorder"])

    def read(self, recorder):
        call = recorder["label"]
        for number, interaction in recorder.get("interactions", {}).items():
            status = (interaction.get("response") or {}).get("status_code")
            self.statuses[call][status] += 1
            if status == 422:
                self.read_refusal(call, interaction)
            for check in recorder["checks"].get(number, []):
                if check["status"] == "failure":
                    self.problems[call].add(f"{status}: {check['name']}")

    def read_refusal(self, call, interaction):
        """Fields are called as the description calls them, so that a caller finds what to mend."""
        refusal = json.loads(base64.b64decode(interaction["response"]["content"]["$base64"]))
        known = self.fields[call] | whole(interaction["request"])
        for wrong in refusal["fields"]:
            if re.split(r"[.\[]", wrong["field"])[0] not in known:
                self.problems[call].add(f"422: it has no field {wrong['field']}")

    def problems_of(self, call):
        problems = sorted(self.problems[call])
        return problems if self.statuses[call] else [*problems, "it was never called"]

    def successes(self, call):
        return [status for status in self.statuses[call] if status and status < 300]


def whole(request):
    """What a refusal may name beside fields: a body that is no object, a query that says a name twice."""
    names = set()
    body = (request.get("body") or {}).get("$base64")
    if body is not None and not base64.b64decode(body).lstrip().startswith(b"{"):
        names.add("body")
    query = urllib.parse.urlsplit(request["uri"]).query
    said = [name for name, _ in urllib.parse.parse_qsl(query, keep_blank_values=True)]
    if len(said) > len(set(said)) or "%00" in query:
        names.add("query")
    return names


def configure(house, found):
    """The configuration with what there is to be found."""
    lists = [f"[dictionaries.{name}]\nvalues = {json.dumps(all_)}\n" for name, all_ in found.items()]
    text = (HERE / "schemathesis.toml").read_text()
    text = text.replace('"hooks.py"', json.dumps(str(HERE / "hooks.py")))
    (pathlib.Path(house.folder.name) / "schemathesis.toml").write_text("\n".join([text, *lists]))


def call_as(authorization):
    """schemathesis reads it from the environment; a proxy of the environment is none of ours."""
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        del os.environ[name]
    os.environ["AUTHORIZATION"] = authorization


def check_all_rights(house, description):
    call_as(f"ExisOneApi {house.token}")
    run = Run(house, description, [])
    for call, _ in operations(description):
        judge(f"{call} answers as described", run.problems_of(call))
        judge(f"{call} does what it is for", [] if run.successes(call) else [dict(run.statuses[call])])
    judge("nothing else was found", ["see below"] if run.failed and not failures else [])
    return run


def check_shipped(house, description):
    call_as(f"ExisOneApi {house.token_with('verify')}")
    run = Run(house, description, ["--phases", "fuzzing", "--max-examples", "6", "--exclude-checks", "ignored_auth"])
    for call, _ in operations(description):
        problems = run.problems_of(call)
        if call not in SHIPPED and run.successes(call):
            problems.append("a shipped token was let in")
        judge(f"{call} answers a shipped token as described", problems)
    return run


def check_no_token(house, description):
    call_as("")
    run = Run(house, description, ["--phases", "fuzzing", "--max-examples", "4", "--exclude-checks", "ignored_auth"])
    for call, _ in operations(description):
        answered = sorted(set(run.statuses[call]) - NO_TOKEN, key=str)
        problems = run.problems_of(call) + [f"it answers {status}" for status in answered]
        judge(f"{call} answers nobody", problems)
    return run


def main():
    with House() as house:
        configure(house, open_shop(house))
        status, text = send("GET", f"{house.url}/api/openapi.json")
        assert status == 200, text
        description = strict(json.loads(text))
        for check in (check_all_rights, check_shipped, check_no_token):
            before = len(failures)
            run = check(house, description)
            if len(failures) > before:
                # Quoted, for its counts are of requests and not of ours.
                print("\n".join(f"| {line}" for line in run.said.splitlines()))
        faults = [line for line in house.log().splitlines() if "ERROR" in line or "panicked" in line]
        judge("the log has no fault", faults)
    judge("every line of docs/api.md does what it says", guide.run())
    print(f"{passed} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
