"""Makes the table of request parameters that the sandbox checks by."""

import json
import pathlib
import re
import sys

import document

ROOT = pathlib.Path(__file__).resolve().parents[3]
FILE = ROOT / "crates/sandbox/src/stripe/requests.json"
ROUTES = ROOT / "crates/sandbox/src/stripe/routes.rs"

# Taken as they come: large trees that the sandbox does not look into.
OPAQUE = {
    "account",
    "card_present",
    "payment_details",
    "payment_method_data",
    "payment_method_options",
    "source",
    "subscription_data",
    "tax_id_data",
}
# Longer lists of words are not checked: they grow with every version.
MOST_WORDS = 10


def routes():
    """The documented routes among those of the sandbox."""
    found = re.findall(r'^    (GET|POST|DELETE) "([^"]+)"', ROUTES.read_text(), re.M)
    known = document.load()["paths"]
    return [f"{method} {path}" for method, path in found if path in known]


def kind(schema, name=""):
    """`"string"`, `"string a|b"`, `"integer"`, …; `[kind]`; `{name: kind}` with `!` for required."""
    if "$ref" in schema:
        return kind(document.load()["components"]["schemas"][schema["$ref"].split("/")[-1]], name)
    if "anyOf" in schema:
        return one_of([each for each in schema["anyOf"] if each.get("enum") != [""]], name)
    what = schema.get("type")
    if what == "array":
        return [kind(schema["items"])]
    if what == "object":
        return of_object(schema, name)
    words = [word for word in schema.get("enum", []) if word]
    if what == "string" and 0 < len(words) <= MOST_WORDS:
        return "string " + "|".join(words)
    return what or "any"


def of_object(schema, name):
    if name in OPAQUE:
        return "any"
    fields = schema.get("properties")
    if not fields:
        return "map"
    required = set(schema.get("required", []))
    return {
        field + ("!" if field in required else ""): kind(inner, field)
        for field, inner in fields.items()
    }


def one_of(choices, name):
    trees = [each for each in choices if each.get("type") in ("object", "array")]
    if not trees:
        return kind(choices[0], name)
    tree = kind(trees[0], name)
    if len(trees) > 1 and all(each.get("type") == "object" for each in trees):
        tree = united([of_object(each, name) for each in trees])
    plain = [each for each in choices if each not in trees]
    return {"or": [tree, kind(plain[0], name)]} if len(trees) == 1 and plain else tree


def united(trees):
    """All fields of several objects; required is what all of them require."""
    fields = {}
    for tree in trees:
        for field, inner in tree.items():
            fields.setdefault(field.rstrip("!"), inner)
    required = set.intersection(
        *[{field[:-1] for field in tree if field.endswith("!")} for tree in trees]
    )
    return {field + ("!" if field in required else ""): inner for field, inner in fields.items()}


def parameters(route):
    operation = document.operation(route)
    found = {
        given["name"] + ("!" if given.get("required") else ""): kind(given["schema"], given["name"])
        for given in operation.get("parameters", [])
        if given["in"] == "query"
    }
    for content in operation.get("requestBody", {}).get("content", {}).values():
        if content["schema"].get("properties"):
            found |= kind(content["schema"])
    for newer in sorted(document.NEWER_PARAMETERS.get(route, ())):
        found.setdefault(newer, ["string"])
    return found


def text():
    lines = [
        f"{json.dumps(route)}:{json.dumps(parameters(route), separators=(',', ':'))}"
        for route in routes()
    ]
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    if "--write" in sys.argv:
        FILE.write_text(text())
    print(f"{len(routes())} routes")
