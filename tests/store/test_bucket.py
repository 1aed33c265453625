"""Pictures in a bucket of a real S3 server that is down, stands still, refuses keys or misses the bucket."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import structlog

from blazon.errors import InvalidSetting, PictureMissing, StorageUnavailable
from blazon.store.bucket import Patience, open_bucket
from blazon.store.pictures import PictureStore, StorageRefused

if TYPE_CHECKING:
    from _s3 import S3Server

PNG = "image/png"

USES: dict[str, Callable[[PictureStore], object]] = {
    "put": lambda pictures: pictures.put(b"pixels", PNG),
    "get": lambda pictures: pictures.get("aa/bb.png"),
    "has": lambda pictures: pictures.has("aa/bb.png"),
    "list": lambda pictures: list(pictures.older_than(1e10)),
    "remove": lambda pictures: pictures.remove(["aa/bb.png"]),
}


@pytest.fixture(scope="module")
def own_s3() -> "Iterator[S3Server]":
    """A server that the tests may stop and that may ask for keys; each test leaves it running."""
    pytest.importorskip("moto")
    from _s3 import run_s3

    with run_s3() as server:
        yield server


def _open(url: str) -> PictureStore:
    return PictureStore.open(url, Path("unused"))


def _open_impatiently(url: str) -> PictureStore:
    return PictureStore(open_bucket(url, Patience(5, 0, 5)), to_look_at=open_bucket(url, Patience(5, 0, 5)))


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every question after the health is answered by a new look."""
    monkeypatch.setattr("blazon.store.write_health._LOOK_EVERY", 0)


@pytest.mark.parametrize("use", USES)
def test_a_missing_bucket_is_no_missing_picture(s3, use):
    with pytest.raises(StorageRefused, match=r"the bucket of STORAGE_URL does not exist"):
        USES[use](_open(s3.url("not-there")))


def test_a_picture_that_is_missing_in_the_bucket_is_said(s3):
    bucket = s3.create_bucket()
    pictures = _open(s3.url(bucket))
    key = pictures.put(b"pixels", PNG)
    _open(s3.url(bucket)).remove([key])
    with pytest.raises(PictureMissing):
        pictures.get(key)
    assert not pictures.has(key)


def test_the_environment_says_where_it_is_and_the_url_has_the_last_word(s3, monkeypatch):
    bucket = s3.create_bucket()
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    key = _open(f"s3://{bucket}/logos").put(b"pixels", PNG)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    assert _open(s3.url(bucket)).get(key) == b"pixels"


def test_prefixes_of_a_bucket_do_not_see_each_other(s3):
    bucket = s3.create_bucket()
    one, two = (_open(s3.url(bucket).replace("/logos", folder)) for folder in ("/one", "/two/deep"))
    key = one.put(b"pixels", PNG)
    assert list(two.older_than(1e10)) == []
    assert not two.has(key)


def test_more_pictures_than_one_answer_lists_are_listed_and_removed(s3):
    pictures = _open(s3.url(s3.create_bucket()))
    keys = {pictures.put(number.to_bytes(2), PNG) for number in range(1010)}
    assert set(pictures.older_than(1e10)) == keys
    pictures.remove(sorted(keys))
    assert list(pictures.older_than(1e10)) == []


def test_a_large_painting_is_stored_in_one_request(s3, answers):
    pictures = _open(s3.url(s3.create_bucket()))
    content = bytes(range(256)) * 50_000
    assert pictures.get(pictures.put(content, PNG)) == content
    answers.answers = [(200, "")]
    _open(answers.url).put(content, PNG)
    assert answers.asked == 1


def test_an_answer_that_is_cut_off_is_no_picture(answers):
    answers.answers, answers.missing = [(200, "")], 10
    with pytest.raises(StorageUnavailable, match="the picture cannot be read"):
        _open(answers.url).get("aa/bb.png")


def test_wrong_keys_are_told_apart_and_no_secret_is_told(own_s3):
    bucket = own_s3.create_bucket()
    key, secret = own_s3.ask_for_keys()
    right = _open(own_s3.url(bucket, access_key_id=key, secret_access_key=secret))
    right.check()
    cases = {
        "does not know AWS_ACCESS_KEY_ID": {},
        "AWS_SECRET_ACCESS_KEY does not belong to AWS_ACCESS_KEY_ID": {"access_key_id": key},
    }
    with structlog.testing.capture_logs() as logs:
        for told, given in cases.items():
            pictures = _open(own_s3.url(bucket, **given))
            with pytest.raises(StorageRefused, match=told):
                pictures.check()
            for use in USES.values():
                with pytest.raises(StorageRefused, match=told):
                    use(pictures)
            assert told in pictures.write_problem()
    assert own_s3.secret not in repr(logs)
    assert secret not in repr(logs)
    own_s3.stop()
    own_s3.start()


@pytest.mark.usefixtures("eager")
def test_a_server_that_goes_and_comes_back_is_told_and_needs_no_new_store(own_s3):
    bucket = own_s3.create_bucket()
    pictures = _open_impatiently(own_s3.url(bucket))
    assert pictures.write_problem() == ""
    own_s3.stop()
    assert "does not answer; see STORAGE_URL, AWS_ENDPOINT_URL" in pictures.write_problem()
    pictures.check()  # a server may be started later than we are
    for use in USES.values():
        with pytest.raises(StorageUnavailable, match="does not answer"):
            use(pictures)
    own_s3.start()
    assert "the bucket of STORAGE_URL does not exist" in pictures.write_problem()  # what was in it was in its memory
    own_s3.create_bucket(bucket)
    assert pictures.write_problem() == ""
    assert pictures.get(pictures.put(b"pixels", PNG)) == b"pixels"


@pytest.mark.usefixtures("eager")
def test_a_server_that_stands_still_is_not_waited_for_without_end(own_s3):
    url = own_s3.url(own_s3.create_bucket())
    pictures = _open_impatiently(url)
    own_s3.pause()
    try:
        assert "does not answer" in _open(f"{url}&timeout=1000s").write_problem()  # of pictures, not of looks
        with pytest.raises(StorageUnavailable, match="does not answer"):
            pictures.put(b"pixels", PNG)
    finally:
        own_s3.go_on()
    assert pictures.write_problem() == ""


class Answers:
    """A server of HTTP that gives the answers of AWS that moto has not; the last one again and again."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, str]] = []
        self.asked = 0
        self.missing = 0  # bytes at the end of each answer
        self.url = ""


@pytest.fixture
def answers() -> Iterator[Answers]:
    given = Answers()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            given.asked += 1
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, code = given.answers.pop(0) if len(given.answers) > 1 else given.answers[0]
            body = f"<?xml version='1.0'?>\n<Error><Code>{code}</Code><Message>hush</Message></Error>".encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body) + given.missing))
            self.send_header("ETag", "whatever")
            self.send_header("Last-Modified", "Fri, 01 Jan 2027 00:00:00 GMT")
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = bool(given.missing)

        do_PUT = do_POST = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        address = f"http://127.0.0.1:{server.server_port}"
        given.url = f"s3://bucket?endpoint={address}&access_key_id=a&secret_access_key=b"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield given
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize(
    ("status", "code", "told"),
    [
        (403, "RequestTimeTooSkewed", "the clocks of this machine and of the server of the bucket differ"),
        (403, "AccessDenied", "the rights to get, put, delete and list"),
        (403, "AllAccessDisabled", "the bucket refuses the key"),
        (400, "ExpiredToken", "AWS_SESSION_TOKEN has expired"),
        (301, "PermanentRedirect", "in another region; see AWS_REGION"),
        (400, "AuthorizationHeaderMalformed", "in another region; see AWS_REGION"),
        (503, "SlowDown", "out of order, or asks to be asked less"),
        (507, "XMinioStorageFull", "no room is left for the bucket"),
        (418, "NobodyKnows", "the server's log says why"),
    ],
)
def test_what_a_bucket_answers_is_told_in_one_line_that_names_the_setting(answers, use, status, code, told):
    answers.answers = [(status, code)]
    with structlog.testing.capture_logs() as logs, pytest.raises(StorageUnavailable, match=told) as refused:
        USES[use](_open(answers.url))
    line = str(refused.value)
    assert "\n" not in line
    assert "127.0.0.1" not in line
    assert len(logs) == 1


def test_a_bucket_is_not_taken_for_a_full_disk_because_of_its_name(answers):
    answers.answers = [(403, "AccessDenied")]
    with pytest.raises(StorageRefused, match="the rights to get, put, delete and list"):
        _open(answers.url.replace("//bucket", "//quota")).put(b"pixels", PNG)


def test_what_passes_is_tried_again(answers):
    answers.answers = [(503, "SlowDown"), (500, "InternalError"), (200, "")]
    _open(answers.url).put(b"pixels", PNG)
    assert answers.asked == 3


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("colour=hush", "Configuration key: 'colour' is not valid"),
        ("timeout=soon", 'failed to parse "soon" as Duration'),
        ("hush", "name=value, with & between"),
        ("secret_access_key=hush&access_key_id=a&allow_http=perhaps", "boolean"),
        ("secret_access_key=hush", "there is no whole key"),
    ],
)
def test_options_of_a_url_that_cannot_be_used_are_bad_settings(query, told, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    with pytest.raises(InvalidSetting, match=told) as refused:
        _open(f"s3://bucket/logos?{query}")
    assert "STORAGE_URL=s3://bucket/logos " in str(refused.value)
    assert "\n" not in str(refused.value)
    assert "hush" not in str(refused.value)


def test_without_a_key_it_says_which_settings_give_one(monkeypatch, answers):
    answers.answers = [(404, "")]
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_METADATA_ENDPOINT", answers.url.split("endpoint=")[1].split("&")[0])
    with pytest.raises(StorageUnavailable, match="set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"):
        _open("s3://bucket").put(b"pixels", PNG)
