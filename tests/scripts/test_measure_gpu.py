"""All that `make gpu` runs on a GPU, run on the CPU with a tiny model: so that it works on the day there is one."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
import write_performance
from measure_gpu import KINDS

ROOT = Path(__file__).parents[2]
SCRIPT = "scripts/measure_gpu.py"


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False)


def rehearse(out: Path, *chosen: str) -> dict[str, Any]:
    """Rehearse some parts, and return what they wrote by the names of the files; nothing in it failed."""
    done = run(SCRIPT, "--rehearse", "--out", str(out), *chosen)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    found = {path.stem: json.loads(path.read_text()) for path in out.glob("cpu/*.json")}
    rows = [row for benchmark in found.values() for row in benchmark["rows"]]
    assert [row for row in rows if "failed" in row[1] or "broke" in row[0]] == []
    return found


def test_the_benchmarks_of_every_family_are_rehearsed_without_a_gpu(tmp_path: Path) -> None:
    parts, kinds = ("precision", "profile", "speed"), [kind for kind in KINDS if kind != "schnell"]
    found = rehearse(tmp_path, "--only", *parts, "--kinds", *kinds)
    assert sorted(found) == sorted(f"gpu_{part}-{kind}" for part in parts for kind in kinds)
    page = write_performance.page(tmp_path)
    assert "Not measured yet" not in page
    for benchmark in found.values():
        assert f"### {benchmark['title']}" in page


def test_the_tests_and_serving_are_rehearsed_without_a_gpu(tmp_path: Path) -> None:
    # A server for each kind would take longest of all, and differs by nothing but its model.
    found = rehearse(tmp_path, "--only", "tests", "serving", "--kinds", "z-image-turbo")
    assert list(found) == ["gpu_serving-z-image-turbo-lossless"]


def test_a_rehearsal_never_writes_among_the_results() -> None:
    done = run(SCRIPT, "--rehearse")
    assert done.returncode == 2
    assert "--out" in done.stderr


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU: it would be measured")
def test_without_a_gpu_nothing_is_begun() -> None:
    done = run(SCRIPT)
    assert done.returncode == 2
    assert done.stdout == "There is no CUDA GPU here. --rehearse --out FOLDER shows that everything would run.\n"


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU: the part could run")
def test_a_part_that_cannot_run_is_told(tmp_path: Path) -> None:
    done = run("benchmarks/gpu_precision.py", "--out", str(tmp_path))
    assert done.returncode == 2
    assert done.stdout.splitlines() == [
        "This benchmark needs a CUDA GPU with 60 GB of free memory; there is none here."
    ]
    assert list(tmp_path.iterdir()) == []
