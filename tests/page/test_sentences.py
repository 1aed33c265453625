"""What the server says in sentences is said in the language of the page."""

import ast
import re
from itertools import chain
from pathlib import Path

import httpx
import pytest

import blazon

SOURCE = Path(blazon.__file__).parent
PAGE = SOURCE / "page/app"
KNOWN = dict(re.findall(r"^  (\w+): /(\^.+\$)/,$", (PAGE / "sentences.js").read_text(), re.MULTILINE))


def read_sentences():
    """Yield what the server can say of a logo or a change, with 7 in place of each value."""
    for file in (*sorted((SOURCE / "quality").glob("*_gates.py")), SOURCE / "quality/choice.py"):
        nodes = list(ast.walk(ast.parse(file.read_text())))
        yield from find_assigned(nodes, {"words"})
        yield from find_passed(nodes, "Fault", 2)
    yield from find_passed(ast.walk(ast.parse((SOURCE / "direction/refitting.py").read_text())), "self._told.append", 0)
    tracing = ast.walk(ast.parse((SOURCE / "tracing/trace.py").read_text()))
    yield from find_assigned(tracing, {"NOTHING", "PHOTOGRAPHIC", "FULL"})


def find_assigned(nodes, names):
    for node in nodes:
        target = getattr(node, "target", None) or (getattr(node, "targets", None) or [None])[0]
        if getattr(target, "id", "") in names:
            yield from write_out(node.value)


def find_passed(nodes, function, place):
    for node in nodes:
        if isinstance(node, ast.Call) and ast.unparse(node.func) == function:
            yield from chain.from_iterable(map(write_out, node.args[place : place + 1]))


def write_out(node):
    if isinstance(node, ast.Constant):
        yield node.value
    if isinstance(node, ast.JoinedStr):
        parts = [part.value if isinstance(part, ast.Constant) else name_value(part) for part in node.values]
        yield "".join(parts)


def name_value(part):
    return {"where": "", "told": "7 to 1", "AT_32": "at 32 px", "AT_16": "at 16 px"}.get(ast.unparse(part.value), "7")


def test_the_page_knows_every_sentence_of_the_server():
    said = list(read_sentences())
    assert len(said) >= 25
    assert [one for one in said if not any(re.match(pattern, one) for pattern in KNOWN.values())] == []


@pytest.mark.parametrize("language", ["de", "fr"])
def test_every_sentence_is_translated_with_its_values(language):
    texts = dict(re.findall(r'^  (\w+): "(.+)",$', (PAGE / f"texts/sentences/{language}.js").read_text(), re.MULTILINE))
    assert texts.keys() == KNOWN.keys()
    for name, pattern in KNOWN.items():
        assert {int(place) for place in re.findall(r"\{(\d)\}", texts[name])} <= {
            *range(1, re.compile(pattern).groups + 1)
        }


def test_a_warning_is_said_in_german(visit, open_logo, server, logo, expect):
    httpx.patch(f"{server.url}{logo}/design", json={"colours": {"name": "#fafafa"}}, timeout=60).raise_for_status()
    page = open_logo(visit(locale="de-DE"), logo, "scenes")
    expect(page.locator(".warnings")).to_contain_text("Vom Grund hebt sich zu wenig ab: Name (1.0 zu 1).")
