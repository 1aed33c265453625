"""The guide to new families names what there is, and the families are as short as it says."""

import json
import re
from pathlib import Path

import pytest

from blazon.diffusion.catalogue.specs import Family, describe
from blazon.diffusion.families import STEPPED
from blazon.diffusion.families.base import StepModel
from blazon.diffusion.families.batch import Batch
from blazon.diffusion.sampling.conditioning import Conditioning

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs" / "how-to" / "add-a-model-family.md").read_text(encoding="utf-8")
FAMILIES = sorted((ROOT / "src" / "blazon" / "diffusion" / "families").glob("*.py"))
ROWS = re.findall(r"^\| (`.*?) \| (.*) \|$", GUIDE, re.MULTILINE)


def list_names(cell: str) -> list[str]:
    return re.findall(r"`(\w+)`", cell)


def test_every_method_and_field_in_its_tables_exists() -> None:
    known = {*dir(StepModel), *Batch.__slots__}
    names = [name for row in ROWS for name in list_names(row[0])]
    assert len(names) > 15
    assert [name for name in names if name not in known] == []
    fields = {"tokens", "pooled", "token_ids", "mask"}
    assert fields == set(Conditioning.__slots__)
    assert all(f"`{name}`" in GUIDE for name in fields)


def test_it_tells_of_every_method_that_a_family_must_write() -> None:
    told = {name for row in ROWS for name in list_names(row[0])}
    assert told >= StepModel.__abstractmethods__


@pytest.mark.parametrize("path", re.findall(r"`((?:src|tests|benchmarks)/[\w/.]+)`", GUIDE))
def test_every_file_that_it_names_exists(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize("pipeline", sorted(STEPPED))
def test_clients_are_told_what_a_family_can_do_before_it_is_loaded(pipeline: str, tmp_path: Path) -> None:
    (tmp_path / "model_index.json").write_text(json.dumps({"_class_name": pipeline}), encoding="utf-8")
    spec = describe(str(tmp_path))
    assert spec.family is not Family.OTHER
    assert spec.capabilities.mixed_batching
    assert spec.capabilities.previews


@pytest.mark.parametrize("path", FAMILIES, ids=lambda path: path.stem)
def test_a_family_takes_at_most_150_lines(path: Path) -> None:
    if path.stem != "base":
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 150
