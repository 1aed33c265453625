"""Domain errors and accidents as HTTP, on a server whose engine is told how to behave."""

import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import unquote

import httpx
import pytest

from blazon.api.failures import CLIENT_GONE
from blazon.errors import BlazonError, EngineStopped, GenerationFailed, ModelUnavailable

URL = "/api/generate_logo"
WISH = {"prompt": "a bakery", "sizes": [64]}


def test_an_engine_that_is_not_here_is_a_400(api):
    answer = api.post(URL, json={**WISH, "engine": "flux"})
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("Invalid request: the flux engine is not part of this installation")


def test_an_accident_is_a_500_without_a_traceback(start, stand_in):
    def accident():
        raise ZeroDivisionError("secret of the inside")

    answer = start(lambda: stand_in(accident)).post(URL, json=WISH, headers={"Origin": "https://app.example.com"})
    assert answer.status_code == 500
    assert answer.json() == {
        "status": "error",
        "message": "Internal server error",
        "request_id": answer.headers["X-Request-ID"],
    }
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("kind", [EngineStopped, ModelUnavailable])
def test_an_engine_that_is_not_there_for_now_is_a_503_with_retry_after(start, stand_in, kind):
    def accident():
        raise kind("try again")

    answer = start(lambda: stand_in(accident)).post(URL, json=WISH)
    assert (answer.status_code, answer.json()["detail"]) == (503, "try again")
    assert int(answer.headers["Retry-After"]) > 0


def test_a_model_that_fails_is_a_500_that_says_why(start, stand_in):
    def accident():
        raise GenerationFailed("numbers that are not finite; ask for another seed")

    answer = start(lambda: stand_in(accident)).post(URL, json=WISH)
    assert (answer.status_code, answer.json()["message"]) == (500, "Internal server error")
    assert answer.json()["detail"] == "numbers that are not finite; ask for another seed"


def test_a_domain_error_that_nobody_mapped_is_a_500(start, stand_in):
    def accident():
        raise BlazonError("new kind")

    assert start(lambda: stand_in(accident)).post(URL, json=WISH).status_code == 500


def test_a_panic_of_a_drawing_library_is_a_500_and_the_server_lives(start, stand_in):
    class Panic(BaseException):
        """As the Rust bindings raise it."""

    def accident():
        raise Panic

    client = start(lambda: stand_in(accident))
    assert client.post(URL, json=WISH).status_code == 500
    assert client.get("/health").status_code == 200


def test_a_full_queue_is_a_503_with_retry_after(start, stand_in, gate):
    drawing = threading.Semaphore(0)

    def work():
        drawing.release()
        gate.wait()

    engine = stand_in(work)
    client = start(lambda: engine, max_concurrent_jobs=2, max_queued_jobs=0)
    with ThreadPoolExecutor() as clients:
        accepted = [clients.submit(client.post, URL, json=WISH) for _ in range(2)]
        drawing.acquire()
        drawing.acquire()
        refused = client.post(URL, json=WISH)
        health = client.get("/health")
        gate.set()
        assert [answer.result().status_code for answer in accepted] == [200, 200]
    assert refused.status_code == 503
    assert refused.json() == {"detail": "all 2 places are taken; try again later"}
    assert re.fullmatch(r"[1-9][0-9]*", refused.headers["Retry-After"])
    assert health.json()["status"] == "healthy"
    assert client.post(URL, json=WISH).status_code == 200


def test_running_out_of_time_is_a_504(start, stand_in, gate):
    client = start(lambda: stand_in(gate.wait), request_timeout=0.05)
    answer = client.post(URL, json=WISH)
    assert answer.status_code == 504
    assert answer.json() == {"detail": "not done within 0.05 s"}


def test_the_time_in_the_queue_counts(start, stand_in, gate):
    engine = stand_in(gate.wait)
    client = start(lambda: engine, max_concurrent_jobs=1, request_timeout=0.05)
    with ThreadPoolExecutor() as clients:
        answers = list(clients.map(lambda _: client.post(URL, json=WISH), range(3)))
    assert [answer.status_code for answer in answers] == [504, 504, 504]
    assert len(engine.asked) == 1


def test_work_of_a_client_that_left_is_not_begun(start, stand_in, gate, logged):
    began = threading.Semaphore(0)

    def work():
        began.release()
        gate.wait()

    engine = stand_in(work)
    client = start(lambda: engine, max_concurrent_jobs=1, max_queued_jobs=1)
    with ThreadPoolExecutor() as clients:
        first = clients.submit(client.post, URL, json=WISH)
        began.acquire()
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(f"{client.base_url}{URL}", json={**WISH, "prompt": "gone"}, timeout=httpx.Timeout(5, read=0.05))
        while CLIENT_GONE not in {line.get("status") for line in logged()}:
            time.sleep(0.01)  # until the server has noticed that the client left
        gate.set()
        assert first.result().status_code == 200
    assert client.post(URL, json=WISH).status_code == 200
    assert "gone" not in {brief.prompt for brief in engine.asked}


def test_while_the_studio_opens_health_says_loading(start, stand_in, gate):
    def slowly():
        gate.wait()
        return stand_in()

    client = start(slowly, wait=False)
    health, logo = client.get("/health"), client.post(URL, json=WISH)
    assert health.status_code == 503
    assert health.json() == {"status": "loading", "error": "the engine is being loaded"}
    assert logo.status_code == 503
    assert logo.json() == {"detail": "not ready: the engine is being loaded"}
    assert logo.headers["Retry-After"] == "1"


def test_a_studio_that_cannot_be_opened_is_unhealthy(start):
    def broken():
        raise OSError("symbols.zip is damaged")

    client = start(broken)
    assert client.get("/health").status_code == 503
    assert client.get("/health").json() == {
        "status": "unhealthy",
        "error": "the engine could not be loaded; the log says why",
    }
    assert client.post(URL, json=WISH).status_code == 503


def test_credits_come_in_a_header(start, stand_in):
    answer = start(lambda: stand_in(credits=("Bär, CC BY 3.0", "Lorc"))).post(URL, json=WISH)
    assert [unquote(credit) for credit in answer.headers["X-Credits"].split(", ")] == ["Bär, CC BY 3.0", "Lorc"]


@pytest.mark.parametrize(("path", "wish"), [(URL, WISH), ("/v1/images/generations", {"prompt": "a fox"})])
def test_the_licence_of_the_model_comes_in_a_header(start, stand_in, path, wish):
    answer = start(stand_in).post(path, json=wish)
    assert unquote(answer.headers["X-Licence"]) == stand_in().licence


def test_symbols_that_ask_for_credit_need_leave(start, stand_in):
    engine = stand_in()
    client = start(lambda: engine)
    assert "X-Credits" not in client.post(URL, json=WISH).headers
    client.post(URL, json={**WISH, "credit_allowed": True})
    assert [brief.credit_allowed for brief in engine.asked] == [False, True]


def test_one_candidate_is_drawn_with_the_engine_of_the_settings(start, stand_in):
    engine = stand_in()
    start(lambda: engine, engine="vector").post(URL, json=WISH)
    assert [(brief.count, str(brief.engine)) for brief in engine.asked] == [(1, "vector")]
