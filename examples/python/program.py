"""A program with a licence: `program.py [KEY]`, or `program.py --leave KEY` to give the seat back."""

import os
import sys

import requests
from exisone import ExisOneClient, ExisOneClientOptions

PRODUCT = os.environ.get("PRODUCT", "Atlas")
VERSION = "1.0"


def client():
    return ExisOneClient(
        ExisOneClientOptions(
            base_url=os.environ.get("EXISONE_BASEURL", "https://localhost:3000"),
            access_token=os.environ["PROGRAM_TOKEN"],
        )
    )


def run(exisone, key):
    device = exisone.generate_hardware_id()
    if key:
        # Harmless when repeated: the same key on the same machine is the same activation.
        done = exisone.activate(key, "ann@example.com", device, PRODUCT, VERSION)
        if not done.success:
            return f"not activated ({done.error_code}): {done.error_message}"
    # A blank key asks for a trial.
    found = exisone.validate(key, device, PRODUCT, VERSION)
    if found.is_valid:
        return f"{found.status} until {found.expiration_date}, with {found.features}"
    return f"may not run: {found.status}"


def main(words):
    exisone = client()
    try:
        if words[:1] == ["--leave"]:
            exisone.deactivate(words[1], exisone.generate_hardware_id(), PRODUCT)
            print("the seat is free")
        else:
            print(run(exisone, words[0] if words else ""))
    except requests.HTTPError as refused:
        if refused.response.status_code == 429:
            wait = refused.response.headers["Retry-After"]
            sys.exit(f"asked too often: again after {wait} seconds")
        sys.exit(refused.response.json()["message"])


if __name__ == "__main__":
    main(sys.argv[1:])
