"""The programs of examples/, run as their README says, against a server of their own."""

import os
import subprocess
import sys
import unittest

from house import ROOT, House

CURL = ["sh", ROOT / "examples/curl/first-activation.sh"]
PYTHON = [sys.executable, ROOT / "examples/python/program.py"]
KEY = r"\A[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}\n\Z"


class Examples(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.house = House().__enter__()
        cls.addClassCleanup(cls.house.__exit__)

    def environment(self):
        ours = {
            "EXISONE_BASEURL": self.house.url,
            "ADMIN_TOKEN": self.house.admin_token,
            "PROGRAM_TOKEN": self.house.shipped_token,
            "CURL_CA_BUNDLE": self.house.authority,
            "REQUESTS_CA_BUNDLE": self.house.authority,
            "NO_PROXY": "*",
            "no_proxy": "*",
        }
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("EXISONE_")}
        return inherited | ours

    def run_example(self, command, *words, ends_with=0):
        ended = subprocess.run(
            [*command, *words], cwd=self.house.folder.name, env=self.environment(),
            capture_output=True, text=True, check=False,
        )
        self.assertEqual(ended.returncode, ends_with, ended.stdout + ended.stderr)
        return ended

    def new_key(self):
        """The curl script's whole output is a key whose seat is free again."""
        ended = self.run_example(CURL)
        self.assertRegex(ended.stdout, KEY)
        said = dict(line.split(": ", 1) for line in ended.stderr.splitlines() if ": " in line)
        self.assertIn('"activationKey":', said["activate"])
        first, last = [line for line in ended.stderr.splitlines() if line.startswith("validate: ")]
        self.assertIn('"status":"licensed"', first)
        self.assertIn('"isDeactivated":true', said["deactivate"])
        self.assertIn('"code":"not_activated"', last)
        return ended.stdout.strip(), said["product"]

    def test_curl_and_then_the_python_program_on_trial_licensed_and_gone(self):
        key, product = self.new_key()
        self.assertIn('"name":"Atlas"', product)
        program = lambda *words: self.run_example(PYTHON, *words).stdout
        self.assertRegex(program(), r"\Atrial until 20\d\d-")
        self.assertRegex(program(key), r"\Alicensed until 20\d\d-")
        self.assertRegex(program(key), r"\Alicensed until 20\d\d-")
        self.assertEqual(program("--leave", key), "the seat is free\n")
        self.assertEqual(program(), "may not run: invalid\n")
        self.assertRegex(program("AAAA-BBBB-CCCC-DDDD"), r"\Anot activated \(invalid_key\): No licence")
        again, product = self.new_key()
        self.assertNotEqual(again, key)
        self.assertIn('"error":"name_in_use"', product)

    def test_what_the_server_refuses_is_said(self):
        refused = self.run_example(PYTHON, "--leave", "AAAA-BBBB-CCCC-DDDD", ends_with=1)
        self.assertRegex(refused.stderr, r"\ANo licence has this key")
