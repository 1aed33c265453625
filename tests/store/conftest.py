import itertools
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from blazon.brief import Brief
from blazon.generation import CandidateRecord, Generation, new_id
from blazon.store.database import Database, sqlite_url
from blazon.store.generations import GenerationStore


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Let what needs a database run on each kind, but for what says that it is about SQLite."""
    if "backend" in metafunc.fixturenames:
        sqlite_only = metafunc.definition.get_closest_marker("sqlite") is not None
        metafunc.parametrize("backend", ["sqlite"] if sqlite_only else ["sqlite", "postgresql"])


@pytest.fixture
def url(backend: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """The URL of a database that is still to be made, or of one on PostgreSQL that is empty."""
    if backend == "postgresql":
        return request.getfixturevalue("postgresql_url")
    return sqlite_url(tmp_path / "blazon.db").render_as_string()


@pytest.fixture
def store(database: Database) -> GenerationStore:
    return GenerationStore(database)


@pytest.fixture
def generation() -> Callable[..., Generation]:
    """Makes new generations, each a second younger than the one before."""
    moments = itertools.count(1_800_000_000)

    def made(count: int = 2, **values: Any) -> Generation:
        now = float(next(moments))
        given = {"owner": "", "fingerprint": "f" * 64, "created_at": now, "expires_at": now + 60, **values}
        return Generation(id=new_id(now), brief=given.pop("brief", Brief("a bakery", count=count)), **given)

    return made


@pytest.fixture
def candidate() -> Callable[..., CandidateRecord]:
    def made(number: int = 0, **values: Any) -> CandidateRecord:
        design = {"title": "x", "depth": [number, random.Random(number).random()]}
        record = CandidateRecord(
            number,
            f"ab/{number}.svg",
            "image/svg+xml",
            "blazon/vector-1",
            7,
            False,
            "CC0",
            ("by x",),
            design,
            99,
            3,
            ("fox", "letters NV"),
            "It is a fox.",
            ("at 16 px its gaps close up: use the small drawing",),
        )
        return CandidateRecord(**{**{name: getattr(record, name) for name in record.__slots__}, **values})

    return made
