"""The SDK's whole surface, and what it makes of our refusals."""

import datetime
import time
import unittest
from unittest import mock

import requests
from exisone import ExisOneClient, ExisOneClientOptions

from examples import Examples  # Found here by unittest, and run with the others.
from house import House

HERE = "MACHINE-ONE"
THERE = "MACHINE-TWO"
WHO = "buyer@example.com"


def setUpModule():
    global house, admin, shipped
    house = House().__enter__()
    unittest.addModuleCleanup(house.__exit__)
    admin = house.client(token=house.admin_token)
    shipped = house.client()
    house.product("Atlas", defaultLicenseDays=365, trialDays=14, features="maps,routes")
    house.product("Fleet", maxSeats=2)
    house.product("Slow", deactivationCooldownHours=24, trialDays=0)
    house.product("Strict", version="3.0", minimumRequiredVersion="2.10", enforceVersionCheck=True)


def key_for(product="Atlas", **wish):
    return admin.generate_activation_key(product, WHO, **wish)


class Generate(unittest.TestCase):
    def test_the_body_is_the_key_and_nothing_else(self):
        self.assertRegex(key_for(), r"\A[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}\Z")

    def test_days_and_plans_are_taken(self):
        plan = house.ask("POST", "/api/plan", {"id": None, "name": "Month", "durationDays": 30, "isActive": True})
        for wish in ({"validity_days": 30}, {"plan_id": plan["id"]}, {"plan_id": plan["id"], "validity_days": 7}):
            key = key_for(**wish)
            shipped.activate(key, WHO, HERE, "Atlas")
            ends = shipped.validate(key, HERE, "Atlas").expiration_date
            today = datetime.datetime.now(datetime.timezone.utc).date()
            self.assertEqual(ends.date(), today + datetime.timedelta(days=30))
            self.assertEqual(ends.time(), datetime.time(23, 59, 59))

    def test_a_shipped_token_makes_no_keys(self):
        with self.assertRaises(requests.HTTPError) as refused:
            shipped.generate_activation_key("Atlas", WHO)
        self.assertEqual(refused.exception.response.status_code, 403)

    def test_an_unknown_product_is_named(self):
        with self.assertRaises(requests.HTTPError) as refused:
            admin.generate_activation_key("Nowhere", WHO)
        self.assertEqual(refused.exception.response.status_code, 422)
        self.assertEqual(refused.exception.response.json()["field"], "productName")


class Activate(unittest.TestCase):
    def test_a_key_is_bound_to_its_machine_and_again_there_is_no_harm(self):
        key = key_for()
        for _ in range(2):
            done = shipped.activate(key, WHO, HERE, "Atlas", "1.0")
            self.assertTrue(done.success, done.error_message)
            self.assertNotIn("note", done.license_data)
        refused = shipped.activate(key, WHO, THERE, "Atlas", "1.0")
        self.assertEqual((refused.success, refused.error_code), (False, "already_activated"))
        self.assertTrue(refused.error_message)

    def test_what_people_paste_is_the_key(self):
        key = key_for()
        pasted = f"  {key.lower().replace('-', ' – ')}\t"
        self.assertTrue(shipped.activate(pasted, WHO, HERE, "atlas ").success)

    def test_refusals_have_their_codes(self):
        revoked, suspended, ended = key_for(), key_for(), key_for(validity_days=1)
        house.ask("POST", f"/api/license/{revoked}/revoke", {})
        house.ask("POST", f"/api/license/{suspended}/suspend", {})
        for key, product, code in (
            ("AAAA-BBBB-CCCC-DDDD", "Atlas", "invalid_key"),
            (revoked, "Atlas", "revoked"),
            (suspended, "Atlas", "suspended"),
            (ended, "Fleet", "product_mismatch"),
        ):
            refused = shipped.activate(key, WHO, HERE, product)
            self.assertEqual((refused.success, refused.error_code), (False, code))

    def test_an_outdated_program_is_told_which_version_it_needs(self):
        key = key_for("Strict")
        refused = shipped.activate(key, WHO, HERE, "Strict", "2.9")
        self.assertEqual(refused.error_code, "version_outdated")
        self.assertEqual((refused.server_version, refused.minimum_required_version), ("3.0", "2.10"))
        self.assertTrue(shipped.activate(key, WHO, HERE, "Strict", "2.10").success)


class Validate(unittest.TestCase):
    def status(self, *words, client=None, **more):
        found = (client or shipped).validate(*words, **more)
        self.assertIsNotNone(found.expiration_date)
        return (found.is_valid, found.status)

    def test_licensed(self):
        key = key_for()
        self.assertEqual(self.status(key, HERE, "Atlas"), (False, "invalid"))
        shipped.activate(key, WHO, HERE, "Atlas")
        self.assertEqual(self.status(key, HERE, "Atlas"), (True, "licensed"))
        self.assertEqual(self.status(key, HERE), (True, "licensed"))
        self.assertEqual(self.status(key, THERE, "Atlas"), (False, "invalid"))
        self.assertEqual(sorted(shipped.validate(key, HERE).features), ["maps", "routes"])

    def test_trial(self):
        self.assertEqual(self.status("", "TRIAL-MACHINE", "Atlas"), (True, "trial"))
        first = shipped.validate("", "TRIAL-MACHINE", "Atlas").expiration_date
        again = shipped.validate("", " trial-machine ", "ATLAS").expiration_date
        self.assertEqual(first, again)

    def test_invalid(self):
        self.assertEqual(self.status("AAAA-BBBB-CCCC-DDDD", HERE, "Atlas"), (False, "invalid"))
        key = key_for()
        shipped.activate(key, WHO, HERE, "Atlas")
        house.ask("POST", f"/api/license/{key}/revoke", {})
        self.assertEqual(self.status(key, HERE, "Atlas"), (False, "invalid"))

    def test_expired(self):
        # A product without trial days: the trial is over at once.
        self.assertEqual(self.status("", "NEW-MACHINE", "Slow"), (False, "expired"))

    def test_a_licence_that_is_over_is_expired(self):
        key = key_for()
        shipped.activate(key, WHO, HERE, "Atlas")
        end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=3)
        end = end.strftime("%Y-%m-%dT%H:%M:%SZ")
        house.ask("POST", f"/api/license/{key}/extend", {"expirationDate": end})
        self.assertEqual(self.status(key, HERE, "Atlas"), (True, "licensed"))
        deadline = time.monotonic() + 30
        while self.status(key, HERE, "Atlas")[0] and time.monotonic() < deadline:
            time.sleep(0.1)
        self.assertEqual(self.status(key, HERE, "Atlas"), (False, "expired"))
        smart = shipped.validate_smart(key, HERE, "Atlas")
        self.assertEqual((smart.is_valid, smart.status), (False, "expired"))
        refused = shipped.activate(key, WHO, HERE, "Atlas")
        self.assertEqual((refused.success, refused.error_code), (False, "expired"))

    def test_version_outdated(self):
        key = key_for("Strict")
        shipped.activate(key, WHO, HERE, "Strict", "2.10")
        found = shipped.validate(key, HERE, "Strict", "2.9")
        self.assertEqual((found.is_valid, found.status), (False, "version_outdated"))
        self.assertEqual((found.server_version, found.minimum_required_version), ("3.0", "2.10"))

    def test_a_wrong_token_is_an_error_not_a_status(self):
        stranger = house.client(token="exo_at_unknown_unknown")
        with self.assertRaises(requests.HTTPError) as refused:
            stranger.validate("", HERE, "Atlas")
        self.assertEqual(refused.exception.response.status_code, 401)


class Features(unittest.TestCase):
    def test_they_come_as_csv(self):
        self.assertEqual(shipped.get_licensed_features_csv(key_for()), "maps,routes")


class Seats(unittest.TestCase):
    def test_seats_are_counted_and_given_back(self):
        key = key_for("Fleet")
        self.assertTrue(shipped.activate(key, WHO, HERE, "Fleet").success)
        usage = shipped.get_seat_usage(key)
        self.assertEqual((usage.current_seats, usage.max_seats, usage.remaining), (1, 2, 1))
        self.assertTrue(usage.has_capacity and not usage.is_unlimited)
        self.assertTrue(shipped.activate(key, WHO, THERE, "Fleet").success)
        refused = shipped.activate(key, WHO, "MACHINE-THREE", "Fleet")
        self.assertEqual(refused.error_code, "seats_exhausted")
        self.assertTrue(shipped.deactivate(key, THERE, "Fleet"))
        self.assertEqual(shipped.get_seat_usage(key).current_seats, 1)

    def test_a_key_for_one_machine_has_no_seats(self):
        with self.assertRaises(requests.HTTPError) as refused:
            shipped.get_seat_usage(key_for())
        self.assertEqual(refused.exception.response.status_code, 404)


class Deactivate(unittest.TestCase):
    def test_a_machine_gives_its_key_back_and_another_may_have_it(self):
        key = key_for()
        shipped.activate(key, WHO, HERE, "Atlas")
        with self.assertRaises(requests.HTTPError):
            shipped.deactivate(key, THERE, "Atlas")
        self.assertTrue(shipped.deactivate(key, HERE, "Atlas"))
        self.assertTrue(shipped.activate(key, WHO, THERE, "Atlas").success)

    def test_a_cooldown_is_429_with_when_to_come_again(self):
        key = key_for("Slow")
        shipped.activate(key, WHO, HERE, "Slow")
        shipped.deactivate(key, HERE, "Slow")
        shipped.activate(key, WHO, THERE, "Slow")
        with self.assertRaises(requests.HTTPError) as refused:
            shipped.deactivate(key, THERE, "Slow")
        answer = refused.exception.response
        self.assertEqual((answer.status_code, answer.json()["error"]), (429, "cooldown"))
        self.assertGreater(int(answer.headers["retry-after"]), 0)
        # The SDK calls that a success that the server does not know of.
        smart = shipped.deactivate_smart(key, THERE, "Slow")
        self.assertEqual((smart.success, smart.server_notified), (True, False))


class Offline(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pem = house.ask("GET", "/api/crypto/keys/public")
        cls.machine = house.client(public_key=cls.pem)
        cls.made = cls.make(HERE)

    @staticmethod
    def make(hardware, **wish):
        wish = {"productName": "Atlas", "email": WHO, "hardwareId": hardware} | wish
        return house.ask("POST", "/api/activationkey/generate", wish)

    def test_the_right_machine_is_licensed_without_the_server(self):
        found = self.machine.validate_offline(self.made["offlineCode"], HERE.lower())
        self.assertTrue(found.is_valid, found.error_message)
        self.assertEqual((found.product_name, found.email), ("Atlas", WHO))
        self.assertEqual(sorted(found.features), ["maps", "routes"])

    def test_after_its_end_it_is_expired(self):
        made = self.make(HERE, validityDays=1)
        found = self.machine.validate_offline(made["offlineCode"], HERE)
        self.assertTrue(found.is_valid, found.error_message)
        # The machine's clock, three days on.
        later = datetime.datetime.now() + datetime.timedelta(days=3)
        with mock.patch("exisone.offline.datetime", wraps=datetime.datetime) as clock:
            clock.utcnow.return_value = later
            clock.now.return_value = later
            found = self.machine.validate_offline(made["offlineCode"], HERE)
        self.assertTrue(found.is_expired and not found.is_valid, found.error_message)

    def test_another_machine_is_not(self):
        found = self.machine.validate_offline(self.made["offlineCode"], THERE)
        self.assertTrue(found.hardware_mismatch and not found.is_valid)

    def test_a_changed_code_is_not(self):
        code = self.made["offlineCode"]
        place = len(code) // 2
        changed = code[:place] + ("A" if code[place] not in "A-" else "B") + code[place + 1:]
        self.assertFalse(self.machine.validate_offline(changed, HERE).is_valid)

    def test_another_vendors_key_does_not_vouch(self):
        with House() as other:
            pem = other.ask("GET", "/api/crypto/keys/public")
        self.assertNotEqual(pem, self.pem)
        stranger = house.client(public_key=pem)
        self.assertFalse(stranger.validate_offline(self.made["offlineCode"], HERE).is_valid)

    def test_a_code_of_a_longer_pair_is_verified_with_its_public_key(self):
        with House() as other:
            other.product("Atlas")
            pair = other.ask("POST", "/api/crypto/keys", {"bits": 3072})
            wish = {"productName": "Atlas", "email": WHO, "hardwareId": HERE}
            code = other.ask("POST", "/api/activationkey/generate", wish)["offlineCode"]
            machine = other.client(public_key=pair["publicKey"])
            found = machine.validate_offline(code, HERE)
        self.assertTrue(found.is_valid, found.error_message)
        self.assertFalse(self.machine.validate_offline(code, HERE).is_valid)

    def test_the_server_takes_the_code_for_its_licence(self):
        found = shipped.validate(self.made["offlineCode"], HERE)
        self.assertEqual((found.is_valid, found.status), (True, "licensed"))


class Smart(unittest.TestCase):
    def test_online_and_with_the_server_stopped(self):
        pem = house.ask("GET", "/api/crypto/keys/public")
        code = Offline.make(HERE)["offlineCode"]
        key = key_for()
        shipped.activate(key, WHO, HERE, "Atlas")
        client = house.client(public_key=pem)
        online = client.validate_smart(key, HERE, "Atlas")
        self.assertEqual((online.is_valid, online.status, online.was_offline), (True, "licensed", False))
        house.stop()
        try:
            bare = shipped.validate_smart(key, HERE, "Atlas")
            self.assertEqual((bare.is_valid, bare.status), (False, "offline"))
            away = client.validate_smart(code, HERE, "Atlas")
            self.assertEqual((away.is_valid, away.status, away.was_offline), (True, "licensed", True))
        finally:
            house.start()
        again = client.validate_smart(key, HERE, "Atlas")
        self.assertEqual((again.is_valid, again.was_offline), (True, False))


class Tickets(unittest.TestCase):
    def test_a_token_for_mail_sends_one_and_a_shipped_one_without_the_right_does_not(self):
        admin.send_support_ticket("Atlas", WHO, "It does not start", "Since yesterday.")
        with self.assertRaises(requests.HTTPError) as refused:
            shipped.send_support_ticket("Atlas", WHO, "Hello", "Hello")
        self.assertEqual(refused.exception.response.status_code, 403)


class Transport(unittest.TestCase):
    def test_the_sdk_trusts_the_authority_as_its_documentation_says(self):
        with mock.patch.dict("os.environ", {"REQUESTS_CA_BUNDLE": house.authority, "NO_PROXY": "*"}):
            options = ExisOneClientOptions(base_url=house.url, access_token=house.shipped_token)
            self.assertEqual(ExisOneClient(options).validate("", "ANY", "Atlas").status, "trial")

    def test_plain_http_is_refused_by_the_sdk(self):
        with self.assertRaises(ValueError):
            ExisOneClient(ExisOneClientOptions(base_url=house.url.replace("https", "http")))

    def test_who_does_not_trust_the_authority_gets_no_answer(self):
        session = requests.Session()
        session.trust_env = False
        with self.assertRaises(requests.exceptions.SSLError):
            session.get(f"{house.url}/healthz", timeout=30)


def main():
    """Counts as the other clients do."""
    result = unittest.main(exit=False, verbosity=2).result
    failed = len(result.failures) + len(result.errors)
    skipped = len(result.skipped)
    print(f"{result.testsRun - failed - skipped} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
