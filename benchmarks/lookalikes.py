"""How well drawings that look like known marks are told from those that do not.

    npm pack simple-icons@16.37.0 simple-icons@9.0.0    # and unpack them
    python benchmarks/lookalikes.py --marks FOLDER [--older FOLDER]

Three kinds of cases. Known marks that were changed as a copyist would. Marks that their owners drew
anew between two versions of the package. And drawings of Blazon beside the known mark that is nearest to
each, labelled by looking (`data/lookalikes.jsonl`): alike, common (alike, and everybody's: a heart, a plain
S) or unlike. The known marks are split in two halves by name; the held-out drawings were made and labelled
when the threshold stood. The numbers that count are the held-out ones.
"""

import json
import statistics
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from _lookalike_cases import Case, changed, read_icons, redrawn
from _report import Row, options, report
from pathops import Path as Outline

from blazon.draw.outline import from_svg
from blazon.quality.lookalikes import LIMIT, LookAlikes

LABELLED = Path(__file__).parent / "data/lookalikes.jsonl"


@dataclass(frozen=True, slots=True)
class Pair:
    """A drawing of ours, the known mark that is nearest to it, and whether a person finds them alike."""

    held_out: bool
    outline: Outline
    mark: str
    label: str


def read_pairs(path: Path) -> list[Pair]:
    entries = [json.loads(line) for line in path.read_text().splitlines()]
    return [Pair(one["half"] == "held-out", from_svg(one["outline"]), one["mark"], one["label"]) for one in entries]


def measure_recall(marks: LookAlikes, cases: Iterable[Case], titles: dict[str, str]) -> dict[str, list[bool]]:
    """Return for each kind of case whether the mark was found."""
    found: dict[str, list[bool]] = {}
    for case in cases:
        names = {one.name for one in marks.find([case.outline])}
        found.setdefault(case.kind, []).append(titles[case.slug] in names)
    return found


def judge(marks: LookAlikes, pairs: Sequence[Pair]) -> Counter[str]:
    """Return how many pairs of each label are found."""
    return Counter(pair.label for pair in pairs if any(one.name == pair.mark for one in marks.find([pair.outline])))


def recall_rows(half: str, found: dict[str, list[bool]]) -> Iterator[Row]:
    for kind, hits in found.items():
        yield f"{half} marks, {kind}: found, of {len(hits)}", f"{sum(hits) / len(hits):.0%}", ""
    every = [hit for hits in found.values() for hit in hits]
    yield f"{half} marks, all changes: recall, of {len(every)}", f"{sum(every) / len(every):.1%}", ""


def pair_rows(half: str, marks: LookAlikes, pairs: Sequence[Pair]) -> Iterator[Row]:
    found, labelled = judge(marks, pairs), Counter(pair.label for pair in pairs)
    for label in ("alike", "common", "unlike"):
        yield f"{half} drawings of ours that are {label}: found", f"{found[label]} of {labelled[label]}", ""
    right = found["alike"] + found["common"]
    yield f"{half} drawings of ours: precision, alike or common", f"{right / max(found.total(), 1):.0%}", ""


def time_rows(pairs: Sequence[Pair]) -> Iterator[Row]:
    start = time.perf_counter()
    marks = LookAlikes.open()
    yield "opening", f"{(time.perf_counter() - start) * 1000:.0f} ms", "30 ms"
    taken = []
    for pair in pairs:
        start = time.perf_counter()
        marks.find([pair.outline])
        taken.append((time.perf_counter() - start) * 1000)
    yield "one drawing, median", f"{statistics.median(taken):.1f} ms", ""
    yield "one drawing, 95 of 100", f"{sorted(taken)[len(taken) * 95 // 100]:.1f} ms", ""


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--marks", type=Path, required=True, help="the unpacked package that the data was made of")
    parser.add_argument("--older", type=Path, help="an older version of it")
    parser.add_argument("--count", type=int, default=900, help="how many marks are changed")
    parser.add_argument("--limits", action="store_true", help="show what other thresholds would give on the tune half")
    arguments = parser.parse_args()

    icons = read_icons(arguments.marks)
    titles = {one["slug"]: one["title"] for one in json.loads((arguments.marks / "data/simple-icons.json").read_text())}
    cases = list(changed(icons, arguments.count))
    cases += redrawn(icons, read_icons(arguments.older)) if arguments.older else []
    pairs = read_pairs(LABELLED)
    halves = {name: (name == "held-out") for name in ("tune", "held-out")}
    marks = LookAlikes.open()
    rows = list(time_rows(pairs))
    for half, held_out in halves.items():
        rows += recall_rows(half, measure_recall(marks, [one for one in cases if one.held_out is held_out], titles))
        rows += pair_rows(half, marks, [one for one in pairs if one.held_out is held_out])
    report(f"Look-alikes among {len(marks):,} marks, limit {LIMIT}", rows, out=arguments.out)
    if arguments.limits:
        for limit in range(1000, 2801, 300):
            other = LookAlikes.open(limit)
            rows = list(recall_rows("tune", measure_recall(other, [one for one in cases if not one.held_out], titles)))
            rows += pair_rows("tune", other, [one for one in pairs if not one.held_out])
            report(f"limit {limit}", rows[-5:])


if __name__ == "__main__":
    main()
