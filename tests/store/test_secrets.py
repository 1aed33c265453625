"""Secrets of an installation: made once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from blazon.store.database import Database, sqlite_url
from blazon.store.secrets import load_secret


def test_a_secret_is_made_once_and_kept(database: Database, url: str) -> None:
    first = load_secret(database, "links")
    assert len(first) == 32
    assert load_secret(database, "links") == first
    assert load_secret(database, "other") != first
    again = Database.open(url)
    assert load_secret(again, "links") == first
    again.close()


def test_many_who_ask_at_once_get_the_same(database: Database) -> None:
    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(lambda _: load_secret(database, "links"), range(16)))) == 1


def test_other_installations_have_others(tmp_path: Path) -> None:
    secrets = set()
    for name in "ab":
        database = Database.open(sqlite_url(tmp_path / f"{name}.db"))
        secrets.add(load_secret(database, "links"))
        database.close()
    assert len(secrets) == 2
