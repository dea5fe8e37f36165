"""What our own server asks Stripe for: every call of its, made against a sandbox."""

import json
import os
import pathlib
import re
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

import tour

BINARY = os.environ.get("E2E_EXISONE", tour.ROOT / "target/debug/exisone")
PORT = tour.ROOT / "crates/engine/src/ports.rs"
# By the functions of the port that makes them.
CALLS = {
    "create_checkout_session": "POST /v1/checkout/sessions",
    "retrieve_event": "GET /v1/events/{id}",
    "check_key": "GET /v1/events",
}
PATIENCE = 30


class Server:
    """A server of our own in an empty folder, whose Stripe is the sandbox."""

    def __init__(self, sandbox):
        self.sandbox = sandbox

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            address = f"127.0.0.1:{taken.getsockname()[1]}"
        self.url = f"http://{address}"
        ours = {"EXISONE_LISTEN": address, "EXISONE_STRIPE_API_BASE": self.sandbox.base}
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("EXISONE_")}
        self.environment = inherited | ours
        tenant = self.command("tenant", "create", "--name", "Acme")
        every = ["--permissions", "verify,generate,email,manage", "--name", "all"]
        self.token = self.command("token", "create", "--tenant", tenant, *every)
        self.log = open(pathlib.Path(self.folder.name) / "log", "w+")
        self.process = subprocess.Popen(
            [BINARY, "serve"], cwd=self.folder.name, env=self.environment,
            stdout=self.log, stderr=self.log,
        )
        self.until(self.answers)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=40)
        self.log.close()
        self.folder.cleanup()

    def command(self, *words):
        ended = subprocess.run(
            [BINARY, *words], cwd=self.folder.name, env=self.environment,
            capture_output=True, text=True, check=False,
        )
        assert ended.returncode == 0, ended.stderr
        return ended.stdout.strip()

    def answers(self):
        try:
            with urllib.request.urlopen(f"{self.url}/healthz") as answer:
                return answer.status == 200
        except OSError:
            return False

    def until(self, found):
        """Waits for something that is to come by itself; answers it."""
        deadline = time.monotonic() + PATIENCE
        while not (it := found()):
            assert time.monotonic() < deadline and self.process.poll() is None, self.said()
            time.sleep(0.05)
        return it

    def said(self):
        self.log.seek(0)
        return self.log.read()

    def ask(self, method, path, body=None):
        """What a call that must succeed answers."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, method=method)
        request.add_header("Authorization", f"ExisOneApi {self.token}")
        request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.code} {error.read()}") from error


def run(sandbox):
    """Makes every call, and some in each of their forms."""
    with Server(sandbox) as server:
        form = {"name": "Shop", "isLive": False, "isDefault": True, "defaultCurrency": "EUR"}
        # Not the secret that the sandbox signs with: so the event has to be fetched.
        form |= {"secretKey": tour.KEY, "webhookSigningSecret": "whsec_" + "x" * 32}
        app = server.ask("POST", "/api/stripe/apps", form)
        server.ask("POST", f"/api/stripe/apps/{app['id']}/check", {})
        session = purchases(server)
        fields = [("url", app["webhookUrl"]), ("enabled_events[]", "checkout.session.completed")]
        status, _ = sandbox.call("POST", "/v1/webhook_endpoints", fields)
        assert status == 200, "the sandbox takes an endpoint"
        sandbox.control(f"/sessions/{session}/pay", {"outcome": "pay"})
        replay(server)


def purchases(server):
    """Checkout sessions of each form; the id of the last one."""
    prices = (("Photo Pro", "49.90", "EUR"), ("Photo Yen", "500", "JPY"), ("Photo Free", "0", "EUR"))
    paid, yen, free = (
        server.ask("POST", "/api/product/", {"name": name, "price": price, "currency": currency})["id"]
        for name, price, currency in prices
    )
    plan = server.ask("POST", "/api/plan", {"name": "Month", "durationDays": 30})["id"]
    whole = {
        "productId": yen, "quantity": 3, "planId": plan, "currency": "JPY",
        "customerEmail": "jane@example.com", "livemode": False,
        "successUrl": "https://shop.example/done", "cancelUrl": "https://shop.example/back",
    }
    for body in (whole, {"productId": free}, {"productId": paid}):
        session = server.ask("POST", "/api/stripe/checkout/session", body)["id"]
    return session


def replay(server):
    """An event whose signature was refused is fetched, and makes the key."""
    failed = "/api/stripe/events?status=failed"
    [line] = server.until(lambda: server.ask("GET", failed))
    told = server.ask("POST", f"/api/stripe/events/{line['id']}/replay", {})
    assert len(server.ask("GET", "/api/license/")) == 1, f"no key: {told}"


def functions():
    """The functions of the port to Stripe: each is one call."""
    port = re.search(r"^pub trait Stripe\b.*?^}", PORT.read_text(), re.M | re.S)
    return re.findall(r"async fn (\w+)", port.group())
