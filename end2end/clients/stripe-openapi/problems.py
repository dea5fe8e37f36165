"""Says what is wrong with a value, each with the place where it is."""

import jsonschema


def problems_of(schema, value):
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
