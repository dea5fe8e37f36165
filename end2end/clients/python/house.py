"""A server in an empty folder that speaks TLS by itself, and what the vendor's programs need of it."""

import json
import os
import pathlib
import socket
import ssl
import subprocess
import tempfile
import time
import urllib.request

import requests
from exisone import ExisOneClient, ExisOneClientOptions

ROOT = pathlib.Path(__file__).resolve().parents[3]
EVERY = "verify,generate,email,manage"


def binary():
    named = os.environ.get("E2E_EXISONE")
    return named or str(ROOT / "target/debug/exisone")


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class House:
    """A running server; `with` stops it."""

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.address = f"127.0.0.1:{free_port()}"
        self.url = f"https://{self.address}"
        self.tenant = self.command("tenant", "create", "--name", "Acme")
        self.admin_token = self.token(EVERY, "admin")
        self.shipped_token = self.token("verify", "shipped")
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
        self.folder.cleanup()

    def settings(self):
        ours = {"EXISONE_TLS": "self-signed", "EXISONE_LISTEN": self.address}
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("EXISONE_")}
        return inherited | ours

    def command(self, *words):
        ended = subprocess.run(
            [binary(), *words], cwd=self.folder.name, env=self.settings(),
            capture_output=True, text=True, check=False,
        )
        assert ended.returncode == 0, ended.stderr
        return ended.stdout.strip()

    def token(self, permissions, name):
        return self.command(
            "token", "create", "--tenant", self.tenant,
            "--permissions", permissions, "--name", name,
        )

    def start(self):
        self.log = open(pathlib.Path(self.folder.name) / "log", "ab")
        self.process = subprocess.Popen(
            [binary(), "serve"], cwd=self.folder.name, env=self.settings(),
            stdout=self.log, stderr=self.log,
        )
        self.authority = str(pathlib.Path(self.folder.name) / "data/ca.pem")
        deadline = time.monotonic() + 30
        while not self.answers():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.05)

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=40)
        self.log.close()

    def said(self):
        return (pathlib.Path(self.folder.name) / "log").read_text()

    def answers(self):
        try:
            with self.open(urllib.request.Request(f"{self.url}/healthz")) as answer:
                return answer.status == 200
        except (OSError, ssl.SSLError):
            return False

    def open(self, request):
        context = ssl.create_default_context(cafile=self.authority)
        # What Python 3.13 does by itself.
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
        )
        return opener.open(request, timeout=30)

    def ask(self, method, path, body=None):
        """The vendor's own scripts: JSON in, JSON or text out."""
        request = urllib.request.Request(
            f"{self.url}{path}", method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"ExisOneApi {self.admin_token}",
                "Content-Type": "application/json",
                "Accept": "application/json",
            },
        )
        with self.open(request) as answer:
            text = answer.read().decode()
            is_json = answer.headers.get_content_type() == "application/json"
            return json.loads(text) if is_json else text

    def client(self, token=None, public_key=None, hardware=None):
        """The SDK as a shipped program makes it."""
        session = requests.Session()
        session.trust_env = False
        session.verify = self.authority
        options = ExisOneClientOptions(
            base_url=self.url,
            access_token=token or self.shipped_token,
            offline_public_key=public_key,
            hardware_id_override=hardware,
        )
        return ExisOneClient(options, session)

    def product(self, name, **fields):
        return self.ask("POST", "/api/product/", {"name": name} | fields)
