"""Loaded by schemathesis: what its requests are spared, or it would be refused for what it did before."""

import itertools

import schemathesis

numbers = itertools.count()


@schemathesis.hook
def before_call(_, case, **__):
    # It sends one key with many bodies, and all but the first are refused: three of four get their own.
    number = next(numbers)
    if number % 4 and case.headers and "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = f"call-{number}"
    # The app that everything is sold through stays the one that is taken where none is named.
    if isinstance(case.body, dict) and case.body.get("isDefault") is True:
        case.body["isDefault"] = False
