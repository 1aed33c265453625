import asyncio
import base64
import datetime
import socket
import ssl
import threading
import time
from contextlib import contextmanager
from dataclasses import replace

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from standardwebhooks import Webhook

from blazon.serve.webhooks.client import WebhookClient
from blazon.serve.webhooks.message import WebhookSecrets
from blazon.serve.webhooks.worker import NoResponse, Response, Unsendable

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
SECRETS = WebhookSecrets(lambda _: "", SECRET)


def _resolver(*addresses):
    """A resolver that gives each answer once and the last one from then on, and remembers what it was asked."""
    left, asked = list(addresses), []

    async def resolve(host, port):
        asked.append(host)
        return left.pop(0) if len(left) > 1 else left[0]

    resolve.asked = asked
    return resolve


def _client(**options):
    return WebhookClient(options.pop("secrets", SECRETS), **{"allow_private": True, **options})


def _send(delivery, **options):
    return asyncio.run(_client(**options).send(delivery, time.time()))


def test_the_receiver_gets_the_event_signed(listening, make_receiver, make):
    with listening(make_receiver([204], answer=b"")) as receiver:
        delivery = make(receiver.url)
        assert _send(delivery) == Response(204)
    (path, headers, body), *more = receiver.got
    assert more == []
    assert path == "/hook?a=b"
    assert body == delivery.body
    assert headers["host"] == httpx.URL(receiver.url).netloc.decode()
    assert headers["content-type"] == "application/json"
    assert headers["user-agent"].startswith("Blazon/")
    assert Webhook(SECRET).verify(body, headers) == {"type": "generation.succeeded"}
    assert headers["webhook-id"] == delivery.id


def test_a_private_address_is_not_even_connected_to(listening, make_receiver, make):
    with listening(make_receiver([200])) as receiver:
        result = _send(make(receiver.url), allow_private=False)
        assert isinstance(result, NoResponse)
        assert "127.0.0.1, which is not public" in result.reason
    assert receiver.got == []


@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["::ffff:127.0.0.1"], ["64:ff9b::1"]])
def test_a_name_with_one_private_address_is_refused_whole(addresses, listening, make_receiver, make):
    with listening(make_receiver([200])) as receiver:
        port = httpx.URL(receiver.url).port
        delivery = make(f"http://hook.example:{port}/")
        result = _send(delivery, allow_private=False, resolve=_resolver(addresses))
    assert isinstance(result, NoResponse)
    assert "hook.example leads to" in result.reason
    assert receiver.got == []


def test_a_name_that_changes_after_the_check_changes_nothing(listening, make_receiver, make):
    """DNS rebinding: what is connected to is what was checked, so the name is asked once only."""
    with listening(make_receiver([200])) as receiver:
        port = httpx.URL(receiver.url).port
        resolve = _resolver(["127.0.0.1"], ["203.0.113.1"])
        assert _send(make(f"http://hook.example:{port}/"), resolve=resolve) == Response(200)
    assert resolve.asked == ["hook.example"]
    assert receiver.got[0][1]["host"] == f"hook.example:{port}"


def test_a_name_that_becomes_private_between_two_attempts_is_refused(listening, make_receiver, make, monkeypatch):
    # No test may call a machine on the internet: 127.0.0.1 plays one here, 127.0.0.2 is private.
    monkeypatch.setattr("blazon.serve.webhooks.client.is_public", lambda address: str(address) == "127.0.0.1")
    resolve = _resolver(["127.0.0.1"], ["127.0.0.2"])

    async def twice(delivery):
        client = _client(allow_private=False, resolve=resolve)
        return [await client.send(delivery, 1000.0) for _ in range(2)]

    with listening(make_receiver([200])) as receiver:
        port = httpx.URL(receiver.url).port
        first, second = asyncio.run(twice(make(f"http://hook.example:{port}/")))
    assert first == Response(200)
    assert "127.0.0.2, which is not public" in second.reason
    assert len(receiver.got) == 1


def test_a_redirect_is_not_followed(listening, make_receiver, make):
    with listening(make_receiver([200])) as inside:
        hint = {"location": inside.url, "content-length": "2"}
        with listening(make_receiver([307], headers=hint)) as receiver:
            assert _send(make(receiver.url)) == Response(307)
    assert inside.got == []


def test_proxies_of_the_environment_are_not_used(listening, make_receiver, make, monkeypatch):
    with listening(make_receiver([500])) as proxy, listening(make_receiver([200])) as receiver:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.delenv("no_proxy", raising=False)
        assert _send(make(receiver.url)) == Response(200)
    assert proxy.got == []


def test_who_does_not_answer_is_left_in_time(listening, make_receiver, make):
    with listening(make_receiver([200], open=threading.Event())) as receiver:
        receiver.open.clear()
        assert _send(make(receiver.url), timeout=0.2) == NoResponse("no answer within 0.2 s")


def test_a_resolver_that_hangs_is_left_in_time(make):
    async def resolve(host, port):
        await asyncio.Event().wait()

    assert _send(make("http://hook.example/"), resolve=resolve, timeout=0.05) == NoResponse("no answer within 0.05 s")


def test_of_a_long_answer_only_a_little_is_read(make):
    """The receiver sends 8 KiB of an answer without end, and sees the sender hang up instead of waiting for more."""
    left = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 8192)
                connection.settimeout(5)
                try:
                    while connection.recv(65536):  # the rest of the request
                        pass
                    left.append(True)
                except ConnectionError:
                    left.append(True)
                except TimeoutError:
                    left.append(False)

        thread = threading.Thread(target=serve)
        thread.start()
        result = _send(make(f"http://127.0.0.1:{server.getsockname()[1]}/"), timeout=60)
        thread.join(60)
    assert result == Response(200)
    assert left == [True]


def test_an_answer_whose_body_never_comes_is_an_answer(listening, make_receiver, make):
    with listening(make_receiver([200], headers={"content-length": "100"}, answer=b"half")) as receiver:
        assert _send(make(receiver.url)) == Response(200)


def test_a_wait_that_is_asked_for_comes_with_the_answer(listening, make_receiver, make):
    with listening(make_receiver([503], headers={"Retry-After": "17"})) as receiver:
        assert _send(make(receiver.url)) == Response(503, 17.0)


@pytest.mark.parametrize("answer", [b"", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 abc\r\n\r\n", b"\x00" * 100])
def test_what_is_no_http_is_no_answer(answer, make):
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        result = _send(make(f"http://127.0.0.1:{server.getsockname()[1]}/"))
        thread.join(60)
    assert isinstance(result, NoResponse)
    assert result.reason


@pytest.mark.parametrize("error", [socket.gaierror(-2, "Name or service not known"), UnicodeError("label too long")])
def test_a_name_that_cannot_be_resolved_is_said(error, make):
    async def resolve(host, port):
        raise error

    result = _send(make("http://hook.example/"), resolve=resolve)
    assert isinstance(result, NoResponse)
    assert "hook.example cannot be resolved" in result.reason


def test_a_name_without_any_address_is_said(make):
    assert _send(make("http://hook.example/"), resolve=_resolver([])) == NoResponse("hook.example has no address")


def test_the_next_address_is_tried_when_one_cannot_be_reached(listening, make_receiver, make):
    with listening(make_receiver([200])) as receiver:
        port = httpx.URL(receiver.url).port
        # Nobody listens at 127.0.0.2; the receiver is bound to 127.0.0.1 only.
        resolve = _resolver(["127.0.0.2", "127.0.0.1"])
        assert _send(make(f"http://hook.example:{port}/"), resolve=resolve) == Response(200)


def test_nobody_there_is_no_answer(make):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        result = _send(make(f"http://127.0.0.1:{closed.getsockname()[1]}/"))
    assert isinstance(result, NoResponse)


def test_a_secret_that_is_none_is_said_and_not_shown(make):
    result = _send(make("http://hook.example/", owner="a"), secrets=WebhookSecrets(lambda _: "open sesame", ""))
    assert isinstance(result, NoResponse)
    assert "WEBHOOK_SECRET must be" in result.reason
    assert "sesame" not in result.reason


@contextmanager
def _https(folder, name):
    """A server with a certificate for `name`; yields its port and a context that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem = folder / "both.pem"
    pem.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    names: list[str | None] = []
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(pem)
    serving.sni_callback = lambda _socket, asked, _context: names.append(asked)

    def serve(server):
        connection, _ = server.accept()
        try:
            with serving.wrap_socket(connection, server_side=True) as secure:
                request = b""
                while not request.endswith(b"}"):  # closing with some of it unread would reset the connection
                    request += secure.recv(65536)
                secure.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        except OSError:
            connection.close()

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve, args=(server,))
        thread.start()
        yield server.getsockname()[1], ssl.create_default_context(cafile=str(pem)), names
        thread.join(60)


def test_the_certificate_is_checked_for_the_name_and_not_for_the_address(tmp_path, make):
    with _https(tmp_path, "hook.example") as (port, trust, names):
        url = f"https://hook.example:{port}/"
        assert _send(make(url), resolve=_resolver(["127.0.0.1"]), tls=trust) == Response(200)
    assert names == ["hook.example"]


def test_a_certificate_for_another_name_is_refused(tmp_path, make):
    with _https(tmp_path, "other.example") as (port, trust, _):
        result = _send(make(f"https://hook.example:{port}/"), resolve=_resolver(["127.0.0.1"]), tls=trust)
    assert isinstance(result, NoResponse)
    assert "certificate" in result.reason.lower()


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path, make):
    with _https(tmp_path, "hook.example") as (port, _, _):
        result = _send(make(f"https://hook.example:{port}/"), resolve=_resolver(["127.0.0.1"]))
    assert isinstance(result, NoResponse)
    assert "certificate" in result.reason.lower()


def test_only_who_asks_to_wait_is_asked_for_how_long(listening, make_receiver, make):
    for status, expected in ((500, None), (429, 86_400.0)):
        with listening(make_receiver([status], headers={"Retry-After": "99999999999999999999"})) as receiver:
            assert _send(make(receiver.url)) == Response(status, expected)


def test_a_connection_is_not_waited_for_as_long_as_an_answer(make):
    async def resolve(host, port):
        await asyncio.Event().wait()

    result = _send(make("http://hook.example/"), resolve=resolve, timeout=3600.0, connect_timeout=0.05)
    assert result == NoResponse("hook.example cannot be reached within 0.05 s")


def test_look_ups_that_hang_leave_the_threads_of_the_server_alone(monkeypatch, make):
    """The server does its work in other threads meanwhile, and ends before they do."""
    release = threading.Event()

    def look_up(*_, **__):
        release.wait(30)
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", look_up)

    async def main():
        client = _client(connect_timeout=3600.0, timeout=3600.0)
        sends = [asyncio.create_task(client.send(make("http://hook.example/"), 0.0)) for _ in range(100)]
        await asyncio.sleep(0)
        assert await asyncio.to_thread(release.is_set) is False
        for send in sends:
            send.cancel()

    asyncio.run(main())
    assert not release.is_set()
    release.set()


@pytest.mark.parametrize("owner", ["", "gone"])
def test_nothing_is_sent_unsigned(owner, listening, make_receiver, make):
    with listening(make_receiver([200])) as receiver:
        result = _send(make(receiver.url, owner=owner), secrets=WebhookSecrets(lambda _: "", ""))
    assert isinstance(result, NoResponse)
    assert "nothing is there to sign it with" in result.reason
    assert receiver.got == []


@pytest.mark.parametrize(
    "url", ["", "http://", "ftp://example.com/", "http://[::1", "http://a b/", "http://u:p@a.example/"]
)
def test_a_url_that_was_spoilt_is_never_called(url, make):
    assert isinstance(_send(replace(make("http://hook.example/"), url=url)), Unsendable)


@pytest.mark.parametrize("address", ["::1", "fe80::1%lo", "::ffff:7f00:1", "fd00::1", "169.254.169.254", "0.0.0.0"])
def test_a_name_may_not_lead_to_this_machine_or_its_network(address, make):
    result = _send(make("http://hook.example/"), allow_private=False, resolve=_resolver([address]))
    assert isinstance(result, NoResponse)
    assert "which is not public" in result.reason


def test_a_connection_is_closed_although_its_greeting_was_broken_off(make):
    """It would stay open for as long as the receiver likes, and so would the next."""

    async def main():
        with socket.create_server(("127.0.0.1", 0)) as server:
            client = _client(connect_timeout=60.0, timeout=0.2)
            delivery = make(f"https://127.0.0.1:{server.getsockname()[1]}/")
            send = asyncio.create_task(client.send(delivery, 0.0))
            connection, _ = await asyncio.to_thread(server.accept)
            connection.settimeout(30)
            with connection:
                while await asyncio.to_thread(connection.recv, 65536):
                    pass
            assert isinstance(await send, NoResponse)

    asyncio.run(main())
