"""Something of each kind for the calls to find: products, keys, an app, orders, events, mails.

What a call uses up has a name of its own here: products and licences to sell are none of those
that a call archives or revokes, and the token that calls is none of those that a call revokes.
"""

import hashlib
import hmac
import json
import time

from house import send

SIGNING_SECRET = "whsec_abcdefghijklmnopqrstuvwxyz012345"
SECRET_KEY = "sk_test_abcdefghijklmnopqrstuvwxyz012345"
BUYER = "ann@example.com"
DEVICE = "AB12-CD34"
NOTHING = "00000000-0000-7000-8000-000000000000"
# Calls that end something find one more than once.
SPARE = 12


def open_shop(house):
    """Seeds the tenant; what calls may put into their parameters, by the names of these."""
    house.faults({})
    # Small ids are tried by chance, too: they are those of products that may go.
    spare_products = [product(house, f"Spare {n}") for n in range(SPARE)]
    changing = product(house, "Changing")
    atlas = product(house, "Atlas", version="2.1", trialDays=14, features="maps,export")
    fleet = product(house, "Fleet", maxSeats=100000, seatsFromQuantity=True)
    for name in ("Changing", "Month"):
        plan = house.ask("POST", "/api/plan", {"name": name, "durationDays": 30})
    app, webhook = stripe_app(house, "Sandbox")
    licensed, seats, bound = keys(house)
    orders = sell(house, webhook, atlas)
    events = [line["id"] for line in house.ask("GET", "/api/stripe/events?pageSize=200")]
    return {
        "products": [atlas, fleet, atlas, fleet, 999],
        "changing_products": [changing, 999],
        "product_names": ["Atlas", "Fleet", "atlas ", "Nowhere"],
        "spare_products": spare_products,
        "plans": [plan["id"], 999],
        "apps": [app, app, app, NOTHING],
        "changing_apps": [stripe_app(house, "Changing")[0], NOTHING],
        "spare_apps": [stripe_app(house, f"Spare {n}")[0] for n in range(SPARE)],
        "keys": [licensed, seats, bound, seats.lower().replace("-", " "), "nonsense"],
        "spare_keys": [key(house, "Atlas") for _ in range(SPARE)] + ["AAAA-BBBB-CCCC-DDDD"],
        "ending_keys": [key(house, "Atlas", validityDays=30) for _ in range(SPARE)],
        "days": [1, 30, 365],
        "devices": [DEVICE, "EF56-0002", "EF56-0003"],
        "emails": [BUYER, "bob@example.com", "Eve@Example.com", "not an address"],
        "mails": mails(house),
        "orders": orders["issued"] + [NOTHING],
        "orders_without_address": orders["no_address"] + [NOTHING],
        "orders_to_issue": orders["review"][:SPARE] + [NOTHING],
        "orders_to_dismiss": orders["review"][SPARE:] + [NOTHING],
        "events": events + [NOTHING],
        "tokens": spare_tokens(house) + [NOTHING],
        "tickets": [ticket(house) for _ in range(3)] + [NOTHING],
        "trial_products": [atlas],
        "trial_devices": [on_trial(house)],
        "names": [f"Name {n}" for n in range(40)],
        "versions": ["1.0", "2.1", "10.0-beta", "none"],
        "currencies": ["EUR", "usd", "JPY", "GBP", "XXX"],
        "dates": ["2030-01-31", "2031-05-01T12:00:00Z", "2049-12-31T23:59:59Z", "soon"],
        "urls": ["https://shop.example.com/done", "https://example.com", "http://127.0.0.1/back", "nowhere"],
    }


def product(house, name, **fields):
    return house.ask("POST", "/api/product/", {"name": name} | fields)["id"]


def key(house, name, **wish):
    wish = {"productName": name, "email": BUYER} | wish
    return house.ask("POST", "/api/activationkey/generate", wish)["activationKey"]


def keys(house):
    """One for any device, one with seats, one of a device with its offline code."""
    wishes = [("Atlas", {"validityDays": 30}), ("Fleet", {}), ("Atlas", {"hardwareId": DEVICE})]
    return [key(house, name, **wish) for name, wish in wishes]


def on_trial(house):
    """A device that was seen without a key."""
    device = "TRIAL-PC"
    house.ask("POST", "/api/license/validate", {"hardwareId": device, "productName": "Atlas"})
    return device


def stripe_app(house, name):
    """Id and webhook of an app; the first one knows the sandbox's account."""
    is_first = name == "Sandbox"
    body = {"name": name, "isLive": False, "isDefault": is_first, "defaultCurrency": "EUR"}
    if is_first:
        body |= {"secretKey": SECRET_KEY, "webhookSigningSecret": SIGNING_SECRET}
    app = house.ask("POST", "/api/stripe/apps", body)
    return app["id"], app["webhookUrl"]


def sell(house, webhook, atlas):
    """Payments by signed events; orders by what became of them. One delivery is nobody's."""
    number = 0
    for named, email, count in ((atlas, BUYER, 2), (atlas, None, SPARE), (999, BUYER, 2 * SPARE)):
        for _ in range(count):
            number += 1
            deliver(webhook, paid(number, named, email), SIGNING_SECRET)
    deliver(webhook, paid(number + 1, atlas, BUYER), "whsec_" + "x" * 32)
    review = [order["orderId"] for order in house.ask("GET", "/api/stripe/review")]
    found = {"issued": [], "no_address": [], "review": review}
    house.until(
        lambda: len(house.ask("GET", "/api/stripe/events?status=verified&pageSize=200")) == number,
        lambda: "events are missing",
    )
    for line in house.ask("GET", "/api/stripe/events?status=verified&pageSize=200"):
        order = house.ask("GET", f"/api/stripe/events/{line['id']}")["orderId"]
        if order in review:
            continue
        whole = house.ask("GET", f"/api/stripe/orders/{order}")
        found["issued" if whole["email"] else "no_address"].append(order)
    assert len(found["no_address"]) == SPARE and len(review) == 2 * SPARE, found
    return found


def paid(number, named, email):
    session = {
        "id": f"cs_test_{number}", "object": "checkout.session", "mode": "payment",
        "payment_status": "paid", "payment_intent": f"pi_{number}", "amount_total": 4900,
        "currency": "eur", "livemode": False, "metadata": {"productId": str(named)},
        "customer_details": {"email": email} if email else None,
    }
    return {
        "id": f"evt_{number}", "object": "event", "type": "checkout.session.completed",
        "livemode": False, "api_version": "2024-04-10", "created": int(time.time()),
        "data": {"object": session},
    }


def deliver(webhook, event, secret):
    body = json.dumps(event).encode()
    now = str(int(time.time()))
    signature = hmac.new(secret.encode(), f"{now}.".encode() + body, hashlib.sha256).hexdigest()
    send("POST", webhook, body, {"Stripe-Signature": f"t={now},v1={signature}"})


def mails(house):
    """Mails that were sent, then some that a mail server refuses for as long as this runs."""
    test = f"/api/product/{house.ask('GET', '/api/product/')[0]['id']}/test-mail"
    sent = [house.ask("POST", test, {"email": BUYER})["mailId"] for _ in range(3)]
    house.until(lambda: all_are(house, sent, "sent"), lambda: "mails are not sent")
    house.faults({"mail": {"refuseRecipients": 1000000, "code": 451}})
    waiting = [house.ask("POST", test, {"email": BUYER})["mailId"] for _ in range(3)]
    house.until(lambda: all_are(house, waiting, "retrying"), lambda: "mails are not refused")
    return sent + waiting + [NOTHING]


def all_are(house, ids, state):
    return all(house.ask("GET", f"/api/mail/{each}")["state"] == state for each in ids)


def ticket(house):
    body = {"productName": "Atlas", "email": BUYER, "subject": "Export", "message": "It stops at 90 %."}
    return house.ask("POST", "/api/support/ticket", body)["id"]


def spare_tokens(house):
    body = {"name": "Spare", "permissions": ["verify"]}
    return [house.ask("POST", "/api/token", body)["id"] for _ in range(SPARE)]
