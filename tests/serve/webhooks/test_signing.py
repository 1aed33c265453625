import base64
import hashlib
import hmac
import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from blazon.errors import InvalidSetting
from blazon.serve.webhooks.signing import event_body, new_secret, signed_headers, signing_key


@settings(deadline=None)
@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=50), st.from_regex(r"[a-z0-9_]{1,40}", fullmatch=True)
)
def test_a_receiver_with_the_standard_package_accepts_the_signature(text, identifier):
    secret = new_secret()
    body = event_body("generation.succeeded", time.time(), {"prompt": text})
    headers = signed_headers(identifier, int(time.time()), body, secret)
    assert Webhook(secret).verify(body, headers)["data"] == {"prompt": text}


@pytest.mark.parametrize("what", ["body", "id", "timestamp", "secret"])
def test_whatever_is_changed_breaks_the_signature(what):
    now, secret, body = int(time.time()), new_secret(), b'{"a":1}'
    headers = signed_headers("msg_1", now, body, secret)
    if what == "body":
        body = b'{"a":2}'
    elif what == "id":
        headers["webhook-id"] = "msg_2"
    elif what == "timestamp":
        headers["webhook-timestamp"] = str(now - 1)
    else:
        secret = new_secret()
    with pytest.raises(WebhookVerificationError, match="No matching signature"):
        Webhook(secret).verify(body, headers)


def test_the_signature_is_the_one_that_the_specification_writes_down():
    key = bytes(range(32))
    secret = "whsec_" + base64.b64encode(key).decode()
    expected = base64.b64encode(hmac.digest(key, b'msg_1.1700000000.{"a":1}', hashlib.sha256)).decode()
    assert signed_headers("msg_1", 1_700_000_000, b'{"a":1}', secret) == {
        "webhook-id": "msg_1",
        "webhook-timestamp": "1700000000",
        "webhook-signature": f"v1,{expected}",
    }


def test_secrets_are_fresh_and_long_enough():
    secrets = {new_secret() for _ in range(100)}
    assert len(secrets) == 100
    assert {len(signing_key(secret)) for secret in secrets} == {32}


@pytest.mark.parametrize(
    "secret",
    ["", "open sesame", "whsec_", "whsec_c2hvcnQ=", "whsec_***", "whsec_é", "whsec_" + "A" * 88, new_secret()[6:]],
)
def test_what_is_no_secret_is_refused_with_the_way_to_make_one_and_not_shown(secret):
    with pytest.raises(InvalidSetting, match="openssl rand -base64 32") as refused:
        signing_key(secret)
    assert not secret or secret == "whsec_" or secret not in str(refused.value)


def test_an_event_has_the_three_fields_of_the_specification():
    assert json.loads(event_body("generation.failed", 1_700_000_000.25, {"id": "gen_1"})) == {
        "type": "generation.failed",
        "timestamp": "2023-11-14T22:13:20.250Z",
        "data": {"id": "gen_1"},
    }
