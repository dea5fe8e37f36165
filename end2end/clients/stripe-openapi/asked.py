"""Checks what the sandbox was asked against the document's request schemas."""

import document
from problems import problems_of


def request_problems(route, tree):
    """What is wrong with a request; `tree` is its query and body, lists being maps by position."""
    schema = request_schema(route)
    return problems_of({**schema, **document.strict()}, typed(schema, tree))


def request_schema(route):
    """One strict schema of a route's query and body."""
    operation = document.operation(route)
    properties, required = {}, []
    for given in operation.get("parameters", []):
        if given["in"] == "query":
            properties[given["name"]] = document.convert(given["schema"])
            required += [given["name"]] if given.get("required") else []
    for content in operation.get("requestBody", {}).get("content", {}).values():
        body = document.convert(content["schema"])
        properties |= body.get("properties", {})
        required += body.get("required", [])
    for newer in document.NEWER_PARAMETERS.get(route, ()):
        properties.setdefault(newer, {})
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def typed(schema, value):
    """The texts of a form as the schema's types, where they can be read so."""
    if "$ref" in schema:
        name = schema["$ref"].split("/")[-1]
        return typed(document.strict()["components"]["schemas"][name], value)
    if "anyOf" in schema:
        return typed(fitting(schema["anyOf"], value), value)
    if isinstance(value, dict) and schema.get("type") == "array":
        return [typed(schema["items"], value[key]) for key in sorted(value, key=int)]
    if isinstance(value, dict):
        fields, rest = schema.get("properties", {}), schema.get("additionalProperties", {})
        rest = rest if isinstance(rest, dict) else {}
        return {name: typed(fields.get(name, rest), inner) for name, inner in value.items()}
    return plain(schema.get("type"), value)


def plain(kind, text):
    if kind == "integer" and text.lstrip("-").isdigit():
        return int(text)
    if kind == "number":
        return float(text)
    if kind == "boolean" and text in ("true", "false"):
        return text == "true"
    return text


def fitting(choices, value):
    """The alternative whose kind is the value's: a tree or a text."""
    trees = [each for each in choices if each.get("type") in ("object", "array") or "$ref" in each]
    texts = [each for each in choices if each not in trees]
    if not isinstance(value, dict):
        return (texts or trees)[0]
    known = [each for each in trees if set(value) <= set(each.get("properties", value))]
    return (known or trees or texts)[0]
