"""API keys on a real database: what is stored, who comes in, and what ends when."""

import re
from base64 import b64decode
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, insert

from blazon.brief import Brief
from blazon.errors import Conflict, InvalidKey, NotFound, StorageFault, StorageFull, StorageUnavailable
from blazon.generation import Generation, new_id
from blazon.principal import Scope
from blazon.store.database import Database, existing_database, open_database
from blazon.store.generations import GenerationStore
from blazon.store.keys import Grant, KeyStore
from blazon.store.tables import api_keys


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(database, clock) -> KeyStore:
    return KeyStore(database, clock)


def test_a_new_key_opens_what_it_grants(store):
    granted = Grant("shop", frozenset({Scope.READ}), 60, 500, ("flux-schnell",), 2.5)
    key, text = store.create(granted)
    principal = store.authenticate(text)
    assert re.fullmatch(r"blz_[0-9a-f]{12}_[A-Za-z0-9_-]{43}", text)
    assert (principal.id, principal.name, principal.weight) == (key.id, "shop", 2.5)
    assert (principal.requests_per_minute, principal.daily_quota) == (60, 500)
    assert (principal.scopes, principal.models) == (granted.scopes, ("flux-schnell",))
    assert principal.webhook_secret == key.webhook_secret
    assert len(b64decode(key.webhook_secret.removeprefix("whsec_"), validate=True)) >= 24


def test_a_key_draws_and_reads_but_does_not_administer_unless_told_to(store):
    _, text = store.create(Grant("shop"))
    principal = store.authenticate(text)
    assert principal.scopes == {Scope.GENERATE, Scope.READ}
    _, text = store.create(Grant("operator", frozenset({Scope.ADMIN})))
    assert store.authenticate(text).scopes == {Scope.ADMIN}


@pytest.mark.sqlite
def test_the_secret_is_nowhere_in_the_database(store, database, tmp_path):
    _, text = store.create(Grant("shop"))
    _, newer = store.rotate("shop", grace=60)
    database.close()
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("blazon.db*"))
    assert b"shop" in stored
    for key in (text, newer):
        assert key.split("_", 2)[2].encode() not in stored


def test_keys_differ(store):
    made = [store.create(Grant(f"key {number}")) for number in range(20)]
    assert len({key.id for key, _ in made}) == len({text for _, text in made}) == 20
    assert len({key.webhook_secret for key, _ in made}) == 20


def _altered(text: str) -> list[str]:
    prefix, identity, secret = text.split("_", 2)
    flipped = ("A" if secret[0] != "A" else "B") + secret[1:]
    return [
        "",
        "blz_",
        identity,
        secret,
        f"{prefix}_{identity}_",
        f"{prefix}_{identity}_{flipped}",
        f"{prefix}_{identity}_{secret[:-1]}",
        f"{prefix}_{identity}_{secret}A",
        f"{prefix}_{'0' * 12}_{secret}",
        f"{prefix}_{identity.upper()}x_{secret}",
        f"{text}\n",
        f" {text}",
        f"{text}\0",
        text.upper(),
        f"{prefix}_{identity}_{'-' * 43}",
        "blz_%_%",
        "é" * 60,
        "x" * 100_000,
    ]


def test_whatever_is_not_the_key_stays_outside(store):
    _, text = store.create(Grant("shop"))
    assert [wrong[:80] for wrong in _altered(text) if store.authenticate(wrong)] == []
    assert store.authenticate(text)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(sent=st.text())
def test_no_text_breaks_in(store, sent):
    assert store.authenticate(sent) is None


def test_as_much_is_compared_for_an_unknown_id_as_for_a_known_one(store, monkeypatch):
    import hmac

    compared: list[tuple[int, int]] = []
    real = hmac.compare_digest

    def counted(one: bytes, other: bytes) -> bool:
        compared.append((len(one), len(other)))
        return real(one, other)

    _, text = store.create(Grant("shop"))
    monkeypatch.setattr("hmac.compare_digest", counted)
    seen = []
    for sent in (text, text[:-1] + ("A" if text[-1] != "A" else "B"), f"blz_{'0' * 12}_{text[17:]}", "nonsense"):
        store.authenticate(sent)
        seen.append(list(compared))
        compared.clear()
    assert seen == [[(64, 64), (64, 64)]] * 4


def test_a_revoked_key_is_no_longer_let_in_and_frees_its_name(store, clock):
    key, text = store.create(Grant("shop"))
    clock.now += 5
    assert store.revoke("shop").revoked_at == clock.now
    assert store.authenticate(text) is None
    again, newer = store.create(Grant("shop"))
    assert again.id != key.id
    assert store.authenticate(newer).id == again.id
    assert store.authenticate(text) is None
    assert [(key.grant.name, key.revoked_at is None) for key in store.list()] == [("shop", False), ("shop", True)]


def test_revoking_ends_the_former_secret_in_its_grace_too(store):
    _, text = store.create(Grant("shop"))
    store.rotate("shop", grace=60)
    store.revoke("shop")
    assert store.authenticate(text) is None


def test_rotation_ends_the_former_secret_at_once(store):
    key, text = store.create(Grant("shop"))
    changed, newer = store.rotate("shop")
    assert store.authenticate(text) is None
    assert store.authenticate(newer) == key.principal()
    assert (changed.id, changed.webhook_secret) == (key.id, key.webhook_secret)


def test_rotation_with_grace_takes_both_until_it_ends(store, clock):
    _, first = store.create(Grant("shop"))
    changed, second = store.rotate("shop", grace=60)
    assert changed.previous_until == clock.now + 60
    clock.now += 59.9
    assert store.authenticate(first) == store.authenticate(second) == changed.principal()
    clock.now += 0.1
    assert store.authenticate(first) is None
    assert store.authenticate(second)


def test_only_the_last_secret_has_grace(store):
    _, first = store.create(Grant("shop"))
    _, second = store.rotate("shop", grace=60)
    _, third = store.rotate("shop", grace=60)
    assert [bool(store.authenticate(text)) for text in (first, second, third)] == [False, True, True]
    store.rotate("shop")
    assert not any(store.authenticate(text) for text in (first, second, third))


def test_a_key_is_found_by_name_by_id_and_by_itself(store):
    key, text = store.create(Grant("shop"))
    for named in ("shop", key.id, f"blz_{key.id}", text):
        assert store.get(named) == key


@pytest.mark.parametrize("named", ["", "shopp", "SHOP", "0" * 12, "%", "caf\udce9", "a\0b", "x" * 1000])
def test_an_unknown_name_is_said(store, named):
    store.create(Grant("shop"))
    for change in (store.get, store.revoke, store.rotate):
        with pytest.raises(NotFound, match="no active key has that id or name"):
            change(named)


def test_the_message_about_an_unknown_key_does_not_repeat_it(store):
    with pytest.raises(NotFound) as told:
        store.revoke(f"blz_{'0' * 12}_{'s' * 43}")
    assert "sss" not in str(told.value)


def test_a_name_is_taken_once(store):
    store.create(Grant("shop"))
    with pytest.raises(Conflict, match="'shop'"):
        store.create(Grant("shop"))
    assert len(store.list()) == 1


def test_a_name_is_taken_once_by_many_who_try_at_the_same_time(store):
    def attempt(_: int) -> bool:
        try:
            store.create(Grant("shop"))
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(8))) == 1


@pytest.mark.parametrize("name", ["x", "x" * 80, "Ünï 京都", "a'; DROP TABLE api_keys; --", "blz", "0123456789a"])
def test_names_are_free_text(store, name):
    _, text = store.create(Grant(name))
    assert store.authenticate(text).name == store.get(name).grant.name == name


@pytest.mark.parametrize(
    "part",
    [
        *({"name": name} for name in ("", "x" * 81, " x", "x ", "a\nb", "\x1b[31m", "caf\udce9", "blz_x", "0" * 12)),
        {"scopes": frozenset()},
        *({limit: value} for limit in ("requests_per_minute", "daily_quota") for value in (0, -1, 1_000_001)),
        *({"weight": weight} for weight in (0, -1, 101, float("nan"), float("inf"))),
        *({"models": models} for models in (("",), ("a", " "), ("a\nb",))),
    ],
)
def test_what_a_key_cannot_be_is_said(part):
    with pytest.raises(InvalidKey):
        replace(Grant("shop"), **part)


def test_the_last_use_is_written_once_a_minute(store, clock, database):
    _, text = store.create(Grant("shop"))
    writes: list[str] = []
    event.listen(
        database._writer, "before_cursor_execute", lambda *call: writes.append(call[2]) if "UPDATE" in call[2] else None
    )
    begun = clock.now
    for after, written in ((0, 1), (1, 1), (59.9, 1), (60, 2), (119, 2), (200, 3)):
        clock.now = begun + after
        assert store.authenticate(text)
        assert len(writes) == written
    assert store.get("shop").last_used_at == begun + 200
    store.authenticate(text[:-1])
    assert len(writes) == 3


@pytest.mark.sqlite
def test_a_full_disk_does_not_shut_clients_out(store, database, tmp_path):
    _, text = store.create(Grant("shop"))
    with database.writing() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()

    def no_room(connection, _record, _proxy):
        connection.execute(f"PRAGMA max_page_count={pages}").close()
        connection.create_function("padding", 0, lambda: "x" * 100_000)
        connection.execute(
            "CREATE TEMP TRIGGER IF NOT EXISTS grow AFTER UPDATE ON main.api_keys BEGIN"
            " INSERT INTO webhooks SELECT 'w', '', padding(), '', '', '', 0, 0, 0, 0, 0, '', NULL, NULL; END"
        ).close()

    event.listen(database._writer, "checkout", no_room)
    with pytest.raises(StorageFull):
        store.rotate("shop")
    assert store.authenticate(text)


def test_the_store_knows_whether_a_key_was_ever_made(store):
    assert not store.any_made()
    store.create(Grant("shop"))
    store.revoke("shop")
    assert store.any_made()


def test_a_key_of_another_process_is_let_in(store, url):
    other = Database.open(url)
    _, text = KeyStore(other).create(Grant("shop"))
    other.close()
    assert store.authenticate(text).name == "shop"


def test_one_key_never_reads_what_another_made(store, database):
    generations = GenerationStore(database)
    clients = [store.authenticate(store.create(Grant(name))[1]) for name in ("shop", "rival")]
    made = [Generation(new_id(), client.id, Brief("a bakery", seed=1), "f" * 64, 1.0, 2.0) for client in clients]
    for generation in made:
        generations.accept(generation)
    for client, own, others in zip(clients, made, reversed(made), strict=True):
        assert generations.get(own.id, client.id) is not None
        assert generations.get(others.id, client.id) is None
        assert [found.id for found in generations.page(client.id, 10)] == [own.id]


def test_secrets_are_not_part_of_how_keys_and_clients_print(store):
    key, text = store.create(Grant("shop"))
    assert key.webhook_secret not in f"{key!r} {key.principal()!r}"
    assert text not in repr(key)


def test_a_database_error_does_not_tell_the_secrets(store, database):
    key, _ = store.create(Grant("shop"))
    values = {"id": key.id, "name": "x", "hash": "h", "scopes": [], "models": [], "weight": 1, "created_at": 1}
    with pytest.raises(StorageFault) as told, database.writing() as connection:
        connection.execute(insert(api_keys).values(**values, webhook_secret="whsec_hidden"))
    assert "whsec_hidden" not in f"{told.value} {told.value.__cause__}"


# The database that the settings choose


def test_the_database_is_made_in_the_data_folder(tmp_path):
    folder = tmp_path / "some" / "where"
    open_database("", folder).close()
    assert [path.name for path in sorted(folder.iterdir())] == ["blazon.db", "blazon.db.lock"]
    assert folder.stat().st_mode & 0o077 == 0


def test_a_url_wins_over_the_folder(tmp_path):
    open_database(f"sqlite:///{tmp_path}/own.db", tmp_path / "data").close()
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["own.db", "own.db.lock"]


def test_a_folder_that_cannot_be_is_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "data"):
        with pytest.raises(StorageUnavailable, match=r"^[^\n]*file[^\n]*DATA_DIR$"):
            open_database("", folder)


def test_a_look_makes_no_database_and_no_tables(tmp_path):
    assert existing_database("", tmp_path / "data") is None
    assert existing_database(f"sqlite:///{tmp_path}/own.db", tmp_path) is None
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "blazon.db").touch()
    assert [existing_database("", tmp_path) for _ in range(2)] == [None, None]


def test_a_look_sees_what_was_made(tmp_path):
    made = open_database("", tmp_path)
    KeyStore(made).create(Grant("shop"))
    made.close()
    found = existing_database("", tmp_path)
    assert [key.grant.name for key in KeyStore(found).list()] == ["shop"]
    found.close()


def test_a_file_that_is_no_database_is_one_line(tmp_path):
    (tmp_path / "blazon.db").write_text("this is a letter, not a database" * 100)
    for look in (open_database, existing_database):
        with pytest.raises(StorageUnavailable, match=r"^the database cannot be opened: [^\n]* DATABASE_URL$"):
            look("", tmp_path)
