"""Runs every shell line of docs/api.md, in their order, against a server of its own."""

import re
import subprocess

from house import ROOT, House

GUIDE = ROOT / "docs/api.md"
# Where the guide's server is.
API = "API=https://localhost:3000/api"
# The first line that fails ends it, also within `$(…)`.
STRICT = "set -eu -o pipefail; shopt -s inherit_errexit"


def script():
    """The shell blocks of the guide, one after the other."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", GUIDE.read_text(), re.M | re.S)
    return "\n".join(blocks)


def run():
    """What went wrong, and with it what the lines before it said."""
    with House() as house:
        lines = script()
        if API not in lines:
            return ["the guide does not say where its server is"]
        lines = lines.replace(API, f"API={house.url}/api")
        ended = subprocess.run(
            ["bash", "-c", f"{STRICT}\nexport NO_PROXY='*'\n{lines}"], cwd=house.folder.name,
            env=house.environment() | {"ADMIN": house.token}, capture_output=True, text=True, check=False,
        )
    said = (ended.stdout + ended.stderr).splitlines()
    return [f"it ended with {ended.returncode}", *said[-4:]] if ended.returncode else []


if __name__ == "__main__":
    print("\n".join(run()) or "ok")
