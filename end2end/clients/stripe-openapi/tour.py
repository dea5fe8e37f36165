"""A tour through the sandbox: every route once, with what a shop would send."""

import base64
import json
import os
import pathlib
import subprocess
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[3]
BINARY = os.environ.get("E2E_SANDBOX", ROOT / "target/debug/exisone-sandbox")
KEY = "sk_test_openapi00000000000000000001"
VERSION = "2026-09-30.endive"


class Sandbox:
    """A sandbox process of our own."""

    def __enter__(self):
        ports = ["--listen", "127.0.0.1:0", "--smtp", "127.0.0.1:0"]
        self.process = subprocess.Popen([BINARY, *ports], stdout=subprocess.PIPE, text=True)
        self.base = self.process.stdout.readline().split()[-1]
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def control(self, path, body):
        return self.send("POST", f"/_sandbox{path}", json.dumps(body).encode(), "application/json")

    def call(self, method, path, fields=()):
        """Status and JSON of a call of the API; fields as (name, value) pairs."""
        form = urllib.parse.urlencode(list(fields))
        if method == "GET":
            return self.send(method, f"{path}?{form}" if form else path, None, None)
        return self.send(method, path, form.encode(), "application/x-www-form-urlencoded")

    def send(self, method, path, body, content_type):
        request = urllib.request.Request(self.base + path, data=body, method=method)
        user = base64.b64encode(f"{KEY}:".encode()).decode()
        request.add_header("Authorization", f"Basic {user}")
        request.add_header("Stripe-Version", VERSION)
        if content_type:
            request.add_header("Content-Type", content_type)
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)


PURCHASE = [
    ("mode", "payment"),
    ("success_url", "http://127.0.0.1:1/done?session_id={CHECKOUT_SESSION_ID}"),
    ("cancel_url", "http://127.0.0.1:1/back"),
    ("line_items[0][price_data][currency]", "eur"),
    ("line_items[0][price_data][unit_amount]", "999"),
    ("line_items[0][price_data][product_data][name]", "Photo Pro"),
    ("line_items[0][price_data][product_data][description]", "One year"),
    ("line_items[0][quantity]", "3"),
    ("customer_email", "jane@example.com"),
    ("metadata[productId]", "7"),
    ("metadata[quantity]", "3"),
    ("payment_intent_data[metadata][productId]", "7"),
    ("payment_intent_data[metadata][quantity]", "3"),
]


def run(sandbox):
    """Every call as (route, status, answer)."""

    def call(route, ids=(), fields=()):
        method, path = route.split(" ")
        parts = path.split("/")
        ids = iter(ids)
        filled = "/".join(next(ids) if part.startswith("{") else part for part in parts)
        status, answer = sandbox.call(method, filled, fields)
        calls.append((route, status, answer))
        return answer

    calls = []
    catalogue(call)
    purchases(call, sandbox)
    intents(call)
    endpoints(call)
    refusals(call)
    call("GET /v1/account")
    call("GET /v1/events", fields=[("limit", "100")])
    events = call("GET /v1/events", fields=[("types[]", "checkout.session.completed")])
    call("GET /v1/events/{id}", [events["data"][0]["id"]])
    return calls


def catalogue(call):
    product = call("POST /v1/products", fields=[("name", "Pro"), ("metadata[a]", "1")])
    call("GET /v1/products/{id}", [product["id"]])
    call("POST /v1/products/{id}", [product["id"]], [("description", "New")])
    price = [("product", product["id"]), ("currency", "usd"), ("unit_amount", "900")]
    price = call("POST /v1/prices", fields=price)
    monthly = [
        ("product", product["id"]),
        ("currency", "usd"),
        ("unit_amount", "500"),
        ("recurring[interval]", "month"),
    ]
    call("POST /v1/prices", fields=monthly)
    call("GET /v1/prices/{price}", [price["id"]], [("expand[]", "product")])
    call("POST /v1/prices/{price}", [price["id"]], [("nickname", "one")])
    call("GET /v1/prices", fields=[("product", product["id"])])
    call("GET /v1/products", fields=[("active", "true"), ("limit", "2")])
    spare = call("POST /v1/products", fields=[("name", "Spare")])
    call("DELETE /v1/products/{id}", [spare["id"]])
    customer = call("POST /v1/customers", fields=[("email", "jane@example.com"), ("name", "Jane")])
    call("GET /v1/customers/{customer}", [customer["id"]])
    call("POST /v1/customers/{customer}", [customer["id"]], [("phone", "123")])
    call("GET /v1/customers", fields=[("email", "jane@example.com")])
    method = [("type", "card"), ("card[token]", "tok_visa")]
    method = call("POST /v1/payment_methods", fields=method)
    attach = [("customer", customer["id"])]
    call("POST /v1/payment_methods/{payment_method}/attach", [method["id"]], attach)
    call("GET /v1/payment_methods/{payment_method}", [method["id"]])
    call("GET /v1/payment_methods", fields=[("customer", customer["id"])])
    call("POST /v1/payment_methods/{payment_method}/detach", [method["id"]])
    sepa = [("type", "sepa_debit"), ("sepa_debit[iban]", "AT611904300234573201")]
    sepa += [("billing_details[email]", "a@example.com"), ("billing_details[name]", "A")]
    call("POST /v1/payment_methods", fields=sepa)
    call("DELETE /v1/customers/{customer}", [customer["id"]])


def purchases(call, sandbox):
    paid = call("POST /v1/checkout/sessions", fields=PURCHASE)
    sandbox.control(f"/sessions/{paid['id']}/pay", {"outcome": "pay"})
    expansions = ["line_items", "payment_intent.latest_charge", "payment_intent.payment_method"]
    expand = [("expand[]", path) for path in expansions]
    call("GET /v1/checkout/sessions/{session}", [paid["id"]], expand)
    call("GET /v1/checkout/sessions/{session}/line_items", [paid["id"]])
    for outcome in ("pay_later_then_succeed", "pay_later_then_fail", "decline"):
        session = call("POST /v1/checkout/sessions", fields=PURCHASE)
        sandbox.control(f"/sessions/{session['id']}/pay", {"outcome": outcome})
        if outcome != "decline":
            sandbox.control(f"/sessions/{session['id']}/settle", {})
        call("GET /v1/checkout/sessions/{session}", [session["id"]], [("expand[]", "payment_intent")])
    customer = [*PURCHASE, ("customer_creation", "always")]
    session = call("POST /v1/checkout/sessions", fields=customer)
    sandbox.control(f"/sessions/{session['id']}/pay", {"outcome": "pay"})
    call("GET /v1/checkout/sessions/{session}", [session["id"]], [("expand[]", "customer")])
    fields = dict(PURCHASE)
    fields = {name: text for name, text in fields.items() if "payment_intent_data" not in name}
    fields |= {"mode": "subscription", "line_items[0][price_data][recurring][interval]": "month"}
    session = call("POST /v1/checkout/sessions", fields=fields.items())
    sandbox.control(f"/sessions/{session['id']}/pay", {"outcome": "pay"})
    call("GET /v1/checkout/sessions/{session}", [session["id"]])
    left = call("POST /v1/checkout/sessions", fields=PURCHASE)
    call("POST /v1/checkout/sessions/{session}", [left["id"]], [("metadata[a]", "b")])
    call("POST /v1/checkout/sessions/{session}/expire", [left["id"]])
    call("GET /v1/checkout/sessions", fields=[("limit", "3"), ("expand[]", "data.line_items")])


def intents(call):
    amount = [("amount", "1000"), ("currency", "eur")]
    intent = call("POST /v1/payment_intents", fields=amount)
    call("POST /v1/payment_intents/{intent}", [intent["id"]], [("metadata[a]", "b")])
    visa = [("payment_method", "pm_card_visa")]
    paid = call("POST /v1/payment_intents/{intent}/confirm", [intent["id"]], visa)
    call("GET /v1/payment_intents/{intent}", [intent["id"]])
    call("GET /v1/charges/{charge}", [paid["latest_charge"]])
    refund = [("payment_intent", intent["id"]), ("amount", "400")]
    refund = call("POST /v1/refunds", fields=refund)
    call("GET /v1/refunds/{refund}", [refund["id"]])
    call("GET /v1/refunds", fields=[("payment_intent", intent["id"])])
    call("GET /v1/charges", fields=[("payment_intent", intent["id"])])
    manual = [*amount, *visa, ("confirm", "true"), ("capture_method", "manual")]
    held = call("POST /v1/payment_intents", fields=manual)
    call("POST /v1/payment_intents/{intent}/capture", [held["id"]])
    other = call("POST /v1/payment_intents", fields=amount)
    reason = [("cancellation_reason", "duplicate")]
    call("POST /v1/payment_intents/{intent}/cancel", [other["id"]], reason)
    call("GET /v1/payment_intents", fields=[("limit", "100")])


def endpoints(call):
    fields = [("url", "http://127.0.0.1:1/hook"), ("enabled_events[]", "checkout.session.completed")]
    endpoint = call("POST /v1/webhook_endpoints", fields=fields)
    path = "/v1/webhook_endpoints/{webhook_endpoint}"
    call(f"GET {path}", [endpoint["id"]])
    call(f"POST {path}", [endpoint["id"]], [("description", "ours"), ("disabled", "true")])
    call("GET /v1/webhook_endpoints")
    call(f"DELETE {path}", [endpoint["id"]])


def refusals(call):
    call("POST /v1/checkout/sessions", fields=[*PURCHASE, ("colour", "red")])
    call("POST /v1/checkout/sessions", fields=[("mode", "payment")])
    call("GET /v1/checkout/sessions/{session}", ["cs_test_none"])
    declined = [("amount", "500"), ("currency", "eur"), ("confirm", "true")]
    declined += [("payment_method", "pm_card_visa_chargeDeclined")]
    call("POST /v1/payment_intents", fields=declined)
