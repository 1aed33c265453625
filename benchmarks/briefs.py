"""Whether a logo does what the brief says: briefs with wishes that can be checked, asked of a real server.

    python benchmarks/briefs.py [--misses] [--half tune|held_out] [--seed 11]

Each half of the data has the same kinds of brief. `wishes_tune.jsonl` may be looked at while Blazon is improved,
`wishes_held_out.jsonl` may not, and what is missed there is never printed. What is judged are the designs and the SVG
files of the answers; how says `_wishes.py`.
"""

import multiprocessing
import statistics
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import httpx
from _report import Row, options, report
from _seen import Seen, see
from _server import server
from _wishes import Verdict, WishBrief, judge, kinds_of, read_briefs

from blazon import Brief
from blazon.draw.artwork import Materials
from blazon.draw.meaning import words_of
from blazon.errors import BlazonError
from blazon.studio import Studio

DATA: Final = Path(__file__).parent / "data"
HALVES: Final = ("tune", "held_out")
SEED: Final = 11
SIZE: Final = 1024
DENTISTS: Final = (
    "Alder Dental",
    "Bloom Dentistry",
    "Castle Street Dental",
    "Dr Okafor",
    "Eastgate Dental Care",
    "Family Smiles",
    "Greenhill Dental Practice",
    "Harbour Dentists",
    "Ivory Lane",
    "Jensen & Partner",
)
_FREE: Final = frozenset({"avoid", "drawn", "not_colours", "colours", "only_colours", "date", "name"})
"""Wishes that leave the choice among kinds of mark free."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one brief.

    Args:
        seen: its candidates.
        refused: why nothing was drawn.
        told: whether the answer said that something cannot be met.
        honest: how many candidates say what they show.
    """

    brief: WishBrief
    seen: tuple[Seen, ...]
    verdicts: tuple[Verdict, ...]
    refused: str = ""
    told: bool = False
    honest: int = 0

    @property
    def obeyed(self) -> bool:
        return all(verdict.kept for verdict in self.verdicts)


@dataclass(slots=True)
class Tally:
    """How many of how many, by kind."""

    kept: Counter[str] = field(default_factory=Counter)
    all: Counter[str] = field(default_factory=Counter)

    def add(self, kind: str, kept: bool) -> None:
        self.kept[kind] += kept
        self.all[kind] += 1


def ask(client: httpx.Client, brief: WishBrief, materials: Materials, seed: int) -> Result:
    """Ask a server for four logos and judge them; a brief that is refused keeps no wish, except to be told."""
    body = {"prompt": brief.prompt, "brand_name": brief.brand, "n": 4, "seed": seed, **brief.fields}
    answer = client.post("/v1/logos", json=body)
    if answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY:
        return Result(brief, (), tuple(judge(brief, (), unmet=True)), refused=str(answer.json()["detail"]), told=True)
    generation = answer.raise_for_status().json()
    if generation["status"] != "succeeded":
        error = str(generation["error"] or generation["status"])
        return Result(brief, (), tuple(judge(brief, (), unmet=False)), refused=error)
    told, candidates = bool(generation["unmet"]), generation["candidates"]
    svgs = [client.get(candidate["svg"]).raise_for_status().text for candidate in candidates]
    seen = tuple(see(one["design"], svg, materials) for one, svg in zip(candidates, svgs, strict=True))
    honest = sum(says_what_it_shows(one, logo) for one, logo in zip(candidates, seen, strict=True))
    return Result(brief, seen, tuple(judge(brief, seen, unmet=told)), told=told, honest=honest)


def says_what_it_shows(candidate: Mapping[str, Any], seen: Seen) -> bool:
    """Tell whether `shows` names all that is in a mark, and `why` says something."""
    told = set(words_of(" ".join(candidate["shows"])))
    named = all(words <= told for words in seen.symbols) and set(words_of(seen.letters)) <= told
    return bool(candidate["why"]) and named and (seen.kind == "wordmark" or bool(told))


def summarize(half: str, results: Sequence[Result]) -> Iterator[Row]:
    """Yield how many briefs are obeyed and wishes kept, in all, by kind of wish and by kind of brief."""
    wishes, faults = Tally(), Tally()
    for result in results:
        faults.add(result.brief.fault, result.obeyed)
        for verdict in result.verdicts:
            wishes.add(verdict.kind, verdict.kept)
    yield f"{half}: briefs wholly obeyed", _share(sum(faults.kept.values()), len(results)), ">= 85 %"
    yield f"{half}: wishes kept", _share(sum(wishes.kept.values()), sum(wishes.all.values())), ">= 95 %"
    for kind in sorted(wishes.all):
        yield f"{half}: wishes kept, {kind}", _share(wishes.kept[kind], wishes.all[kind]), ""
    for fault in faults.all:
        yield f"{half}: obeyed, {fault}", _share(faults.kept[fault], faults.all[fault]), ""
    broken = [result for result in results if not result.obeyed]
    yield (
        f"{half}: answers that tell it, where a brief is not obeyed",
        _share(sum(r.told for r in broken), len(broken)),
        "",
    )
    drawn = sum(len(result.seen) for result in results)
    yield f"{half}: logos that say what they show", _share(sum(result.honest for result in results), drawn), "100 %"
    free = [result for result in results if result.brief.wishes.keys() <= _FREE]
    varied = sum(_kinds(result.seen) >= 3 for result in free)
    yield f"{half}: three kinds of mark, where none is asked for", _share(varied, len(free)), ">= 95 %"


def _kinds(seen: Sequence[Seen]) -> int:
    """Return how many kinds of mark there are; a badge is a kind whatever is in it."""
    return len({"badge" if "badge" in kinds_of(one) else one.kind for one in seen})


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole}, {part / max(1, whole):.0%}"


def print_misses(results: Sequence[Result]) -> None:
    """Show each brief that is not wholly obeyed, with what was seen; for the tune half alone."""
    for result in results:
        if result.obeyed:
            continue
        brief = result.brief
        print(f"{brief.id} [{brief.fault}] {brief.brand} | {brief.prompt}")
        print("    broken:", *(f"{verdict.kind}={verdict.wish};" for verdict in result.verdicts if not verdict.kept))
        if result.refused:
            print("    refused:", result.refused)
        for one in result.seen:
            symbols = [" ".join(sorted(words)) for words in one.symbols]
            how = (*sorted(one.colours), *sorted(one.cases), *sorted(one.type))
            print("   ", one.layout, one.kind, one.letters, symbols, one.texts, *how)


def count_dentists(client: httpx.Client, materials: Materials, seed: int) -> tuple[int, int]:
    """Return how many marks ten dentists with one seed get: different first ones, and different sets of four."""
    dentists = [WishBrief(name, "dentist", "dentist", name, {}, {}) for name in DENTISTS]
    marks = [[one.mark for one in ask(client, dentist, materials, seed).seen] for dentist in dentists]
    return len({one[0] for one in marks}), len({tuple(one) for one in marks})


def time_candidates(briefs: Sequence[WishBrief]) -> float:
    """Return the median seconds that four candidates take in the library, as SVG and PNG, warm."""
    studio, seconds = Studio.open(), []
    for brief in briefs:
        for asked in (Brief(brief.prompt, brand_name=brief.brand, seed=seed, **brief.fields) for seed in range(2)):
            started = time.perf_counter()
            for candidate in studio.generate(asked):
                _ = candidate.svg, candidate.png(SIZE)
            seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def fingerprint(briefs: Sequence[WishBrief]) -> str:
    """Return a digest of all that is drawn for some briefs, by a studio of its own."""
    studio, digest = Studio(Materials.open()), sha256()
    for brief in briefs:
        try:
            candidates = studio.generate(Brief(brief.prompt, brand_name=brief.brand, seed=SEED, **brief.fields))
        except BlazonError as error:
            digest.update(str(error).encode())
            continue
        for candidate in candidates:
            digest.update(candidate.svg.encode())
            digest.update(candidate.png(64))
    return digest.hexdigest()


def is_deterministic(briefs: Sequence[WishBrief]) -> bool:
    """Tell whether two processes, whose sets and dicts hash differently, draw the same bytes in any order."""
    spawn = multiprocessing.get_context("spawn")
    with spawn.Pool(1) as first, spawn.Pool(1) as second:
        found = [pool.apply_async(fingerprint, (briefs,)) for pool in (first, second)]
        return len({one.get() for one in found}) == 1


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--misses", action="store_true", help="show what is not obeyed in the tune half")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--half", choices=HALVES, help="measure one half only")
    arguments = parser.parse_args()

    rows: list[Row] = []
    kept = {}
    materials = Materials.open()
    with server() as (url, _), httpx.Client(base_url=url, timeout=120) as client:
        for half in [arguments.half] if arguments.half else HALVES:
            briefs = read_briefs(DATA / f"wishes_{half}.jsonl")
            results = [ask(client, brief, materials, arguments.seed) for brief in briefs]
            rows += summarize(half.replace("_", " "), results)
            if half == "tune":
                kept = {result.brief.id: sum(verdict.kept for verdict in result.verdicts) for result in results}
                if arguments.misses:
                    print_misses(results)
        first, sets = count_dentists(client, materials, arguments.seed)
    some = read_briefs(DATA / "wishes_tune.jsonl")[::6]
    rows += [
        (f"different first marks among {len(DENTISTS)} dentists with one seed", str(first), ">= 8"),
        (f"different sets of four among {len(DENTISTS)} dentists with one seed", str(sets), str(len(DENTISTS))),
        (f"two processes draw the same bytes, {len(some)} briefs", "yes" if is_deterministic(some) else "no", "yes"),
        (f"four candidates, SVG and {SIZE} px PNG, median", f"{1000 * time_candidates(some):.0f} ms", "<= 250 ms"),
    ]
    report("Briefs with wishes", rows, out=arguments.out, raw={"tune: wishes kept of each brief": kept})


if __name__ == "__main__":
    main()
