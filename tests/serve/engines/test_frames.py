"""What a replica answers survives the way as bytes, in whatever pieces they come."""

import itertools
import json
from collections.abc import Iterator

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from blazon.errors import BlazonError, EnginePoisoned, GenerationFailed, ServerBusy
from blazon.generation import Drawn, Part
from blazon.serve.engines.frames import BEAT, decode_answers, encode_answer
from blazon.watching import Step

WORDS = st.text(max_size=20)
DRAWN = st.builds(
    Drawn,
    content=st.binary(max_size=2000),
    media_type=st.just("image/png"),
    model=WORDS,
    seed=st.integers(0, 2**32 - 1),
    painted=st.booleans(),
    licence=WORDS,
    credits=st.lists(WORDS, max_size=3).map(tuple),
    design=st.none() | st.dictionaries(WORDS, st.lists(st.integers() | WORDS, max_size=3), max_size=3),
    shows=st.lists(WORDS, max_size=3).map(tuple),
    why=WORDS,
    warnings=st.lists(WORDS, max_size=3).map(tuple),
    parts=st.lists(st.builds(Part, WORDS, st.floats(0, 1e6), st.floats(0, 1e3), st.integers(0, 99)), max_size=3).map(
        tuple
    ),
)


def cut(data: bytes, sizes: list[int]) -> Iterator[bytes]:
    pieces = itertools.cycle(sizes)
    while data:
        size = next(pieces)
        yield data[:size]
        data = data[size:]


@given(
    st.lists(st.builds(Step, st.integers(0, 99), st.integers(0, 99)), max_size=4),
    DRAWN,
    st.lists(st.integers(1, 99), min_size=1),
)
def test_steps_and_a_logo_come_as_they_were_sent(steps, drawn, sizes):
    sent = BEAT.join(map(encode_answer, [*steps, drawn]))
    assert list(decode_answers(cut(BEAT + sent, sizes))) == [*steps, drawn]


def test_a_preview_comes_as_the_same_picture():
    pixels = numpy.arange(8 * 6 * 3, dtype=numpy.uint8).reshape(6, 8, 3)
    (step,) = decode_answers([encode_answer(Step(1, 2, pixels))])
    assert numpy.array_equal(numpy.asarray(Image.fromarray(pixels)), numpy.asarray(step.preview))


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        (GenerationFailed("no"), GenerationFailed),
        (EnginePoisoned("no"), EnginePoisoned),
        (ServerBusy("no", 3), GenerationFailed),
    ],
)
def test_an_error_comes_as_one_that_says_the_same(sent: BlazonError, kind: type[BlazonError]):
    (error,) = decode_answers([encode_answer(sent)])
    assert (type(error), str(error)) == (kind, "no")


@pytest.mark.parametrize(
    "line",
    [
        b"<html>\n",
        b"[]\n",
        b"{}\n",
        b'{"step": "x", "steps": 1, "preview": null}\n',
        b"\xff\n",
        json.dumps({"content": "!", "parts": []}).encode() + b"\n",
    ],
)
def test_what_no_replica_sends_is_told_from_an_answer(line):
    with pytest.raises(ValueError, match=r"."):
        list(decode_answers([line]))
