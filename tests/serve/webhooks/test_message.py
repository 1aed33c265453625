import base64
import hashlib
import hmac
import json
import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from blazon.brief import Brief
from blazon.errors import InvalidBrief, InvalidSetting
from blazon.generation import Generation, Status, new_id
from blazon.principal import ANONYMOUS, Principal
from blazon.serve.webhooks.message import (
    WebhookMessages,
    WebhookSecrets,
    decode_secret,
    encode_event,
    sign,
)
from blazon.store.keys import Grant, KeyStore


def _new_secret():
    return "whsec_" + base64.b64encode(random.randbytes(32)).decode()


@settings(deadline=None)
@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=50), st.from_regex(r"[a-z0-9_]{1,40}", fullmatch=True)
)
def test_a_receiver_with_the_standard_package_accepts_the_signature(text, identifier):
    secret = _new_secret()
    body = encode_event("generation.succeeded", time.time(), {"prompt": text})
    headers = sign(identifier, int(time.time()), body, secret)
    assert Webhook(secret).verify(body, headers)["data"] == {"prompt": text}


@pytest.mark.parametrize("what", ["body", "id", "timestamp", "secret"])
def test_whatever_is_changed_breaks_the_signature(what):
    now, secret, body = int(time.time()), _new_secret(), b'{"a":1}'
    headers = sign("msg_1", now, body, secret)
    if what == "body":
        body = b'{"a":2}'
    elif what == "id":
        headers["webhook-id"] = "msg_2"
    elif what == "timestamp":
        headers["webhook-timestamp"] = str(now - 1)
    else:
        secret = _new_secret()
    with pytest.raises(WebhookVerificationError, match="No matching signature"):
        Webhook(secret).verify(body, headers)


def test_the_signature_is_the_one_that_the_specification_writes_down():
    key = random.randbytes(32)
    secret = "whsec_" + base64.b64encode(key).decode()
    expected = base64.b64encode(hmac.digest(key, b'msg_1.1700000000.{"a":1}', hashlib.sha256)).decode()
    assert sign("msg_1", 1_700_000_000, b'{"a":1}', secret) == {
        "webhook-id": "msg_1",
        "webhook-timestamp": "1700000000",
        "webhook-signature": f"v1,{expected}",
    }


@pytest.mark.parametrize(
    "secret",
    ["", "open sesame", "whsec_", "whsec_c2hvcnQ=", "whsec_***", "whsec_é", "whsec_" + "A" * 88, "QUJD" * 11],
)
def test_what_is_no_secret_is_refused_with_the_way_to_make_one_and_not_shown(secret):
    with pytest.raises(InvalidSetting, match="openssl rand -base64 32") as refused:
        decode_secret(secret)
    assert not secret or secret == "whsec_" or secret not in str(refused.value)


def test_an_event_has_the_three_fields_of_the_specification():
    assert json.loads(encode_event("generation.failed", 1_700_000_000.25, {"id": "gen_1"})) == {
        "type": "generation.failed",
        "timestamp": "2023-11-14T22:13:20.250Z",
        "data": {"id": "gen_1"},
    }


SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
URL = "HTTPS://Example.com:443/hook"


def _generation(**values):
    given = {
        "owner": "key",
        "fingerprint": "f" * 64,
        "created_at": 1.0,
        "expires_at": 99.0,
        "webhook_url": URL,
        **values,
    }
    return Generation(id=new_id(1.0), brief=Brief("a bakery"), **given)


def _messages(of_key=lambda _: SECRET, default=""):
    return WebhookMessages(WebhookSecrets(of_key, default), allow_private=False)


@pytest.mark.parametrize(
    ("client", "default", "accepted"),
    [
        (ANONYMOUS, SECRET, True),
        (ANONYMOUS, "", False),
        (Principal("key", webhook_secret=SECRET), "", True),
        (Principal("key"), SECRET, False),  # what a key is owed is never signed with the secret of others
    ],
)
def test_a_url_is_taken_only_where_something_signs(client, default, accepted):
    messages = _messages(default=default)
    if accepted:
        assert messages.check_url(URL, client) == "https://example.com/hook"
    else:
        with pytest.raises(InvalidBrief, match="WEBHOOK_SECRET"):
            messages.check_url(URL, client)


def test_a_secret_of_the_server_that_cannot_sign_is_refused_at_the_start():
    with pytest.raises(InvalidSetting, match="openssl rand -base64 32"):
        WebhookSecrets(lambda _: "", "open sesame")


def test_each_owner_has_a_secret_as_it_is_now():
    kept = {"key": SECRET}
    secrets = WebhookSecrets(lambda key: kept.get(key, ""), "whsec_" + "A" * 44)
    assert secrets.find("key") == SECRET
    kept["key"] = "another"
    assert secrets.find("key") == "another"
    assert secrets.find("gone") == ""
    assert secrets.find("") == "whsec_" + "A" * 44


def test_what_ended_owes_a_delivery_without_a_secret():
    generation = _generation(webhook_url="https://example.com:8443/hook").end(Status.SUCCEEDED, 7.5, event=1)
    delivery = _messages().build_delivery(generation)
    assert (delivery.id, delivery.generation, delivery.owner) == (f"msg_{generation.id}", generation.id, "key")
    assert (delivery.url, delivery.receiver) == ("https://example.com:8443/hook", "https://example.com:8443")
    assert (delivery.created, delivery.attempts) == (7.5, 0)
    assert json.loads(delivery.body)["type"] == "generation.succeeded"
    assert SECRET not in repr(delivery) + delivery.body.decode()


def test_what_has_not_ended_or_names_no_url_owes_nothing():
    assert _messages().build_delivery(_generation()) is None
    assert _messages().build_delivery(_generation(webhook_url="").end(Status.SUCCEEDED, 7.5, event=1)) is None


def test_what_a_revoked_key_is_owed_is_signed_still(database):
    keys = KeyStore(database)
    key, _ = keys.create(Grant("shop"))
    keys.revoke("shop")
    assert WebhookSecrets(keys.webhook_secret, "").find(key.id) == key.webhook_secret
