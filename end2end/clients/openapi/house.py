"""A server and a sandbox in an empty folder; `with` stops both and leaves nothing behind."""

import json
import os
import pathlib
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[3]
EXISONE = os.environ.get("E2E_EXISONE", ROOT / "target/debug/exisone")
SANDBOX = os.environ.get("E2E_SANDBOX", ROOT / "target/debug/exisone-sandbox")
EVERY = "verify,generate,email,manage"
PATIENCE = 30

# No proxy, whatever the environment says: everything here is on the loopback.
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def send(method, url, body=None, headers=()):
    """Status and text of one call."""
    data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(url, method=method, data=data)
    request.add_header("Content-Type", "application/json")
    for name, value in dict(headers).items():
        request.add_header(name, value)
    try:
        with opener.open(request, timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


class House:
    """The running programs, and whoever may call."""

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.processes = []
        mailbox = f"127.0.0.1:{free_port()}"
        self.stripe = f"http://127.0.0.1:{free_port()}"
        self.url = f"http://127.0.0.1:{free_port()}"
        self.settings = {
            "EXISONE_LISTEN": self.url.removeprefix("http://"),
            "EXISONE_STRIPE_API_BASE": self.stripe,
            "EXISONE_SMTP_URL": f"smtp://{mailbox}",
            "EXISONE_RATE_LIMIT_ADDRESS": "off",
            "EXISONE_RATE_LIMIT_TOKEN": "off",
            "EXISONE_RATE_LIMIT_GUESSES": "off",
        }
        try:
            self.tenant = self.command("tenant", "create", "--name", "Acme")
            self.token = self.token_with(EVERY)
            sandbox = ["--listen", self.stripe.removeprefix("http://"), "--smtp", mailbox]
            self.start("sandbox", [SANDBOX, *sandbox], f"{self.stripe}/_sandbox/health")
            self.start("exisone", [EXISONE, "serve"], f"{self.url}/healthz")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(timeout=40)
        self.folder.cleanup()

    def environment(self):
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("EXISONE_")}
        return inherited | self.settings

    def command(self, *words):
        """Runs a command of `exisone`; what it prints."""
        ended = subprocess.run(
            [EXISONE, *words], cwd=self.folder.name, env=self.environment(),
            capture_output=True, text=True, check=False,
        )
        assert ended.returncode == 0, ended.stderr
        return ended.stdout.strip()

    def token_with(self, permissions):
        named = ["--permissions", permissions, "--name", permissions]
        return self.command("token", "create", "--tenant", self.tenant, *named)

    def start(self, name, command, health):
        log = pathlib.Path(self.folder.name) / f"{name}.log"
        with log.open("wb") as written:
            process = subprocess.Popen(
                command, cwd=self.folder.name, env=self.environment(),
                stdout=written, stderr=written,
            )
        self.processes.append(process)
        self.until(lambda: answers(health), lambda: log.read_text())

    @staticmethod
    def until(is_so, said):
        """Waits for something that is to come by itself."""
        deadline = time.monotonic() + PATIENCE
        while not is_so():
            assert time.monotonic() < deadline, said()
            time.sleep(0.05)

    def ask(self, method, path, body=None):
        """What a call that must succeed answers; JSON where it is."""
        bearer = {"Authorization": f"ExisOneApi {self.token}", "Accept": "application/json"}
        status, text = send(method, f"{self.url}{path}", body, bearer)
        assert status < 300, f"{method} {path}: {status} {text}"
        return json.loads(text) if text.startswith(("{", "[")) else text

    def faults(self, faults):
        """Tells the sandbox what to do wrong."""
        status, text = send("PUT", f"{self.stripe}/_sandbox/faults", faults)
        assert status == 200, text

    def log(self):
        return (pathlib.Path(self.folder.name) / "exisone.log").read_text(errors="replace")


def answers(url):
    try:
        return send("GET", url)[0] == 200
    except OSError:
        return False
