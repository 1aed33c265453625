"""How much is understood of languages without a glossary: of briefs by the table, and of words by the encoder.

    python benchmarks/other_languages.py [--misses]

The words are the first forms in the table, which the encoder does not know of: it was told what seven other languages
call a thing. Odd rows set its threshold, even rows are the report.
"""

import argparse
import time
from collections import Counter
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from blazon import Brief, read
from blazon.language_model.word_encoder import LEAST, EncoderUnavailableError, WordEncoder
from blazon.reading.reading import Reading

BRIEFS = Path(__file__).parent / "data/other_languages.txt"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", action="store_true", help="print the briefs of the half `tune` that are not obeyed")
    misses = parser.parse_args().misses
    for half in ("tune", "report"):
        report_briefs(half, misses=misses and half == "tune")
    try:
        report_words(WordEncoder())
    except EncoderUnavailableError as problem:
        print(f"words: not measured, {problem}")


def report_briefs(half: str, *, misses: bool) -> None:
    kept = wishes = obeyed = briefs = 0
    for _, prompt, *wanted in list_rows(half):
        found = [*check(read(Brief(prompt, brand_name="Nima")), *wanted)]
        missed = [wish for wish, is_kept in found if not is_kept]
        kept, wishes = kept + len(found) - len(missed), wishes + len(found)
        obeyed, briefs = obeyed + (not missed), briefs + 1
        if missed and misses:
            print(f"  {prompt}: {', '.join(missed)}")
    print(f"briefs, {half}: {obeyed} of {briefs} wholly understood, {kept} of {wishes} wishes")


def list_rows(half: str) -> Iterator[list[str]]:
    section = ""
    for line in BRIEFS.read_text("utf-8").splitlines():
        if line.startswith("=="):
            section = line.strip("= ")
        elif line and line[0] != "#" and section == half:
            yield line.split("|")


def check(reading: Reading, trade: str, show: str, avoid: str, colours: str) -> Iterator[tuple[str, bool]]:
    """Yield the wishes of a brief, and whether its reading has them."""
    shown = {thing.name for scene in reading.show for thing in scene.things}
    yield trade, trade in reading.topic
    for thing in filter(None, show.split(",")):
        yield thing, any(thing in name for name in shown)
    for thing in filter(None, avoid.split(",")):
        yield f"no {thing}", any(thing in name for name in reading.avoid) and not any(thing in name for name in shown)
    for colour in filter(None, colours.split(",")):
        yield colour, any(colour == found.name for found in reading.colours)


def report_words(encoder: WordEncoder) -> None:
    table = (resources.files("blazon") / "reading/glossaries/other_languages.txt").read_text("utf-8")
    rows = [line.split("|") for line in table.partition("== things")[2].splitlines()[1:] if line]
    words = [(number % 2, row[0], cell.split(",")[0]) for number, row in enumerate(rows) for cell in row[1:] if cell]
    words = [word for word in words if word[1] in encoder.names]  # others it cannot find
    start = time.perf_counter()
    nearest = encoder.find_nearest([word for *_, word in words])
    pace = 1000 * (time.perf_counter() - start) / len(words)
    for half, name in enumerate(("tune", "report")):
        ended: Counter[str] = Counter()
        for (row_half, english, _), (found, cosine) in zip(words, nearest, strict=True):
            if row_half == half:
                right = found == english or english in found.split()
                ended["none" if cosine < LEAST else "right" if right else "wrong"] += 1
        told = ended["right"] + ended["wrong"]
        print(
            f"words, {name}: {ended.total()}, of which {ended['right'] / ended.total():.1%} were found rightly;"
            f" of what was found {ended['right'] / max(told, 1):.1%} is right"
        )
    print(f"{pace:.1f} ms a word")


if __name__ == "__main__":
    main()
