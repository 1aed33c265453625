"""Reading by a language model: a real server that answers well, slowly, badly or not at all."""

import asyncio
import gzip
import json
import socket
import threading
import time

import pytest
from _chat_server import EMPTY, Reply, read, say, show
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blazon.brief import Brief
from blazon.errors import InvalidSetting
from blazon.language_model.chat import MAX_ANSWER, NoReadingError, Outcome, find_base
from blazon.language_model.reader import LanguageModel, ModelReader
from blazon.reading.recorded import BY_RULES, read_reading
from blazon.settings import Settings

BRIEF = Brief("une librairie avec un renard, pas de roses", brand_name="Clay")
FOX = read(topic="bookshop", show=[show("fox")], avoid=["rose"])


def _read(chat, brief=BRIEF, **given) -> tuple[str, Outcome]:
    """Return the reading of a brief, and how the attempt ended."""
    ended = []

    async def run() -> str:
        reader = ModelReader(LanguageModel(chat.url, **given), lambda outcome, _: ended.append(outcome))
        try:
            return await reader.read(brief)
        finally:
            await reader.close()

    return asyncio.run(run()), *ended


def test_a_good_answer_is_the_reading(chat):
    chat.answer = lambda _: FOX
    reading, outcome = _read(chat)
    assert outcome is Outcome.ANSWERED
    assert read_reading(reading).avoid == ("rose",)
    assert read_reading(reading).show[0].things[0].name == "fox"


def test_of_a_brief_its_prompt_and_name_are_sent_and_nothing_else(chat):
    chat.answer = lambda _: FOX
    _read(chat, Brief("a bakery", brand_name="Clay", slogan="secret", show=("owl",), seed=77, established="1999"))
    assert json.loads(chat.asked[0]["messages"][-1]["content"]) == {"prompt": "a bakery", "brand_name": "Clay"}
    assert "secret" not in json.dumps(chat.asked)


def test_the_schema_is_asked_for_strictly_and_the_model_is_the_first_of_the_list(chat):
    chat.answer = lambda _: FOX
    _read(chat)
    form = chat.asked[0]["response_format"]
    assert (form["type"], form["json_schema"]["strict"]) == ("json_schema", True)
    assert {*form["json_schema"]["schema"]["required"]} == {*EMPTY}
    assert (chat.asked[0]["model"], chat.asked[0]["temperature"]) == ("tiny-reader", 0)
    assert chat.paths == ["/v1/models", "/v1/chat/completions"]


def test_a_model_and_a_key_are_sent_as_they_were_set(chat):
    chat.answer = lambda _: FOX
    _read(chat, model="qwen2.5:7b", api_key="sk-1")
    assert chat.asked[0]["model"] == "qwen2.5:7b"
    assert chat.headers[0]["Authorization"] == "Bearer sk-1"
    assert chat.paths == ["/v1/chat/completions"]


def test_a_server_without_a_list_of_models_is_asked_without_one(chat):
    chat.models, chat.answer = Reply(b"not found", status=404), lambda _: FOX
    assert _read(chat)[1] is Outcome.ANSWERED
    assert "model" not in chat.asked[0]


@pytest.mark.parametrize("status", [400, 422, 501])
@pytest.mark.parametrize(("known", "asked"), [("json_object", 2), (None, 3)])
def test_a_server_that_does_not_know_schemas_is_asked_more_simply_and_that_is_remembered(chat, status, known, asked):
    def answer(body):
        form = body.get("response_format", {}).get("type")
        return FOX if form in (None, known) else Reply(b'{"error": "unknown"}', status=status)

    chat.answer = answer

    async def read_two() -> list[str]:
        reader = ModelReader(LanguageModel(chat.url))
        try:
            return [await reader.read(Brief(prompt)) for prompt in ("a bakery", "a bookshop")]
        finally:
            await reader.close()

    readings = asyncio.run(read_two())
    assert BY_RULES not in readings
    assert len(chat.asked) == asked + 1


@pytest.mark.parametrize(
    "around", ["%s", "```json\n%s\n```", "<think>a {fox} or\nso</think>\n%s", "Here you are: %s\nBye!"]
)
def test_words_around_the_answer_are_passed_over(chat, around):
    told = json.dumps({**EMPTY, "topic": "bakery"})
    chat.answer = lambda _: say(around % told)
    assert read_reading(_read(chat)[0]).topic == "bakery"


_BOMB = gzip.compress(b"[" * 10**7)
_USELESS = {
    "nonsense": say("I would love to help!"),
    "another schema": say('{"logo": "fox", "colour": "red"}'),
    "nothing at all": read(),
    "an empty text": say(""),
    "no text": say(None),
    "a refusal": say(None, refusal="I cannot"),
    "cut off": say(json.dumps({**EMPTY, "topic": "bakery"})[:60]),
    "deep": say("[" * 50_000),
    "deep objects": say('{"a":' * 20_000),
    "a list": say("[]"),
    "no completion": Reply(b'{"choices": []}'),
    "no object": Reply(b"[1, 2]"),
    "a deep body": Reply(b"[" * 100_000),
    "no JSON": Reply(b"<html>Welcome</html>"),
    "no UTF-8": Reply(b'{"choices": [\xff]}'),
    "an empty body": Reply(),
    "megabytes": Reply(b" " * (MAX_ANSWER + 1)),
    "no end": Reply(b"x" * 65536, endless=True),
    "compressed": Reply(_BOMB, headers=(("Content-Encoding", "gzip"),)),
}


@pytest.mark.parametrize("name", _USELESS)
def test_what_is_no_reading_is_read_by_the_rules(chat, name):
    chat.answer = lambda _: _USELESS[name]
    assert _read(chat) == (BY_RULES, Outcome.UNUSABLE)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_any_bytes_at_all_leave_the_rules_to_read(chat, body):
    chat.answer = lambda _: Reply(body)
    assert _read(chat, model="m")[0] == BY_RULES


@pytest.mark.parametrize("status", [201 + 98, 301, 307, 401, 404, 429, 500, 503])
def test_an_error_or_a_redirect_is_not_followed(chat, status):
    chat.answer = lambda _: Reply(b'{"error": {"message": "no"}}', status, (("Location", f"{chat.url}/elsewhere"),))
    assert _read(chat)[0] == BY_RULES
    assert "/elsewhere" not in chat.paths


def test_half_a_body_is_no_answer(chat):
    chat.answer = lambda _: Reply(FOX.body, missing=100)
    assert _read(chat) == (BY_RULES, Outcome.UNREACHABLE)


def test_nobody_at_the_address_is_no_answer(chat):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        chat.url = f"http://127.0.0.1:{other.getsockname()[1]}"
        assert _read(chat) == (BY_RULES, Outcome.UNREACHABLE)


def test_a_model_that_never_answers_is_left_after_the_time_limit(chat):
    chat.answer = lambda _: Reply(hangs=True)
    assert _read(chat, timeout=0.2) == (BY_RULES, Outcome.TIMED_OUT)
    assert chat.left.wait(30)


def test_a_list_of_models_that_never_comes_counts_too(chat):
    chat.models = Reply(hangs=True)
    assert _read(chat, timeout=0.2) == (BY_RULES, Outcome.TIMED_OUT)


def test_a_key_is_told_nowhere(chat):
    chat.answer = lambda _: Reply(b'{"error": {"message": "bad key sk-secret-1\\u0007"}}', status=401)
    model = LanguageModel(chat.url, api_key="sk-secret-1")

    async def ask() -> None:
        reader = ModelReader(model)
        try:
            await reader.ask(BRIEF)
        finally:
            await reader.close()

    with pytest.raises(NoReadingError) as caught:
        asyncio.run(ask())
    assert str(caught.value) == "it answered 401: bad key ******** "
    assert "sk-secret-1" not in repr(model)


async def _until(condition) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "what was waited for did not happen"
        await asyncio.sleep(0.005)


def test_equal_questions_of_one_owner_are_one_call_and_those_of_another_are_not(chat):
    gate = threading.Event()

    def answer(_):
        gate.wait(30)
        return FOX

    chat.answer = answer

    async def run() -> list[str]:
        reader = ModelReader(LanguageModel(chat.url, model="m"))
        reads = [asyncio.create_task(reader.read(BRIEF, owner)) for owner in ("a", "a", "a", "b")]
        await _until(lambda: len(chat.asked) == 2)
        gate.set()
        try:
            return await asyncio.gather(*reads)
        finally:
            await reader.close()

    assert len({*asyncio.run(run())}) == 1
    assert len(chat.asked) == 2


def test_who_leaves_ends_the_call_unless_others_wait_for_it(chat):
    chat.answer = lambda _: Reply(hangs=True)

    async def run() -> None:
        reader = ModelReader(LanguageModel(chat.url, model="m", timeout=30))
        first, second = (asyncio.create_task(reader.read(BRIEF)) for _ in range(2))
        await _until(lambda: chat.asked)
        first.cancel()
        await asyncio.wait({first})
        assert not chat.left.is_set()
        assert not second.done()
        second.cancel()
        await asyncio.wait({second})
        await _until(chat.left.is_set)
        await reader.close()

    asyncio.run(run())


def test_one_that_is_slow_holds_up_no_others_beyond_the_limit(chat):
    chat.answer = lambda body: Reply(hangs=True) if "slow" in json.dumps(body["messages"][-1]) else FOX

    async def run() -> None:
        reader = ModelReader(LanguageModel(chat.url, model="m", concurrency=2, timeout=30))
        slow = asyncio.create_task(reader.read(Brief("slow one")))
        await _until(lambda: chat.asked)
        assert BY_RULES not in [await reader.read(Brief(f"a bakery {number}")) for number in range(5)]
        assert not slow.done()
        slow.cancel()
        await asyncio.wait({slow})
        await reader.close()

    asyncio.run(run())


def test_more_than_can_wait_are_read_by_the_rules_at_once(chat):
    chat.answer = lambda _: Reply(hangs=True)
    outcomes = []

    async def run() -> None:
        reader = ModelReader(
            LanguageModel(chat.url, model="m", concurrency=1, timeout=60), lambda outcome, _: outcomes.append(outcome)
        )
        reads = [asyncio.create_task(reader.read(Brief(f"a bakery {number}"))) for number in range(20)]
        await _until(lambda: len(outcomes) >= 4)
        for one in reads:
            one.cancel()
        await asyncio.wait(reads)
        await reader.close()

    asyncio.run(run())
    assert outcomes == [Outcome.BUSY] * 4
    assert len(chat.asked) <= 1


def test_one_that_was_too_slow_three_times_is_left_alone(chat):
    chat.answer = lambda _: Reply(hangs=True)
    outcomes = []

    async def run() -> None:
        reader = ModelReader(
            LanguageModel(chat.url, model="m", timeout=0.1), lambda outcome, _: outcomes.append(outcome)
        )
        for number in range(4):
            await reader.read(Brief(f"a bakery {number}"))
        await reader.close()

    asyncio.run(run())
    assert outcomes == [Outcome.TIMED_OUT] * 3 + [Outcome.BUSY]
    assert len(chat.asked) == 3


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("http://localhost:11434", "http://localhost:11434/v1"),
        ("http://localhost:11434/", "http://localhost:11434/v1"),
        ("http://localhost:8000/v1", "http://localhost:8000/v1"),
        ("http://localhost:8000/v1/", "http://localhost:8000/v1"),
        ("http://localhost:8000/v1/chat/completions", "http://localhost:8000/v1"),
        ("https://example.com/openai/v1", "https://example.com/openai/v1"),
    ],
)
def test_the_address_may_be_that_of_the_server_or_of_a_path(url, base):
    assert find_base(url) == base


@pytest.mark.parametrize(
    "url", ["", "localhost:11434", "ftp://a", "http://", "http://[::1", "http://a:99999", "http://a?b=c"]
)
def test_what_is_no_address_is_refused_when_the_model_is_named(url):
    if url:
        with pytest.raises(InvalidSetting, match="READER_URL"):
            Settings.load(None, reader_url=url)
    with pytest.raises(InvalidSetting, match="reader"):
        LanguageModel(url)


def test_the_settings_name_the_model(chat):
    assert LanguageModel.configured(Settings.load(None)) is None
    given = {"reader_url": chat.url, "reader_model": "m", "reader_api_key": "k", "reader_timeout": 3}
    settings = Settings.load(None, **given)
    assert LanguageModel.configured(settings) == LanguageModel(chat.url, "m", "k", 3, 4)
    assert "k" not in settings.shown()["READER_API_KEY"]


def test_a_library_reads_without_a_loop_and_within_one(chat):
    chat.answer = lambda _: FOX
    model = LanguageModel(chat.url)
    read_once = model.read(BRIEF)

    async def in_a_notebook() -> Brief:
        return model.read(BRIEF)

    assert asyncio.run(in_a_notebook()) == read_once
    assert read_reading(read_once.reading).topic == "bookshop"
    assert model.read(read_once) is read_once
