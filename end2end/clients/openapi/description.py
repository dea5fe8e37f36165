"""The server's description made strict: an answer's field that it does not name is an error."""

import copy


def strict(description):
    """A copy in which answers may have no other fields. Bodies of requests stay as they are."""
    schemas = copy.deepcopy(description["components"]["schemas"])
    sent = set(names(bodies(description)))
    closed = {}
    for name, schema in schemas.items():
        if name not in sent:
            closed[name] = close(schema, schemas)
    components = description["components"] | {"schemas": schemas | closed}
    return description | {"components": components}


def operations(description):
    """Each call as `METHOD /path`, with what the description says of it."""
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def fields(description, call):
    """The names that a refusal of a call may name."""
    operation = dict(operations(description))[call]
    found = {parameter["name"] for parameter in operation.get("parameters", [])}
    for name in names(operation.get("requestBody", {})):
        found |= set(description["components"]["schemas"][name].get("properties", {}))
    return found


def bodies(description):
    return [operation.get("requestBody", {}) for _, operation in operations(description)]


def names(value):
    """The schemas that are referred to."""
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"].split("/")[-1]
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from names(inner)


def close(schema, schemas):
    """Fields that come from several schemas are put into one place first."""
    if "allOf" in schema:
        parts = [resolved(part, schemas) for part in schema["allOf"]]
        return schema | {"allOf": parts, "unevaluatedProperties": False}
    if schema.get("type") == "object" and "properties" in schema:
        return schema | {"additionalProperties": False}
    return schema


def resolved(part, schemas):
    return schemas[part["$ref"].split("/")[-1]] if "$ref" in part else part
