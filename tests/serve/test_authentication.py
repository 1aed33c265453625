"""Who comes in under each mode, and how often; on a real database."""

import pytest

from blazon.errors import NotAllowed, NotAuthenticated, ShareExceeded
from blazon.models import ModelCard
from blazon.principal import ANONYMOUS, Principal
from blazon.serve.authentication import Authenticator, check_model
from blazon.serve.rates import Rates
from blazon.store.database import Database
from blazon.store.keys import Grant, KeyStore


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path):
    database = Database.open(f"sqlite:///{tmp_path}/blazon.db")
    yield KeyStore(database)
    database.close()


@pytest.fixture
def gate(store, clock):
    return lambda mode: Authenticator(store, mode, Rates(), clock)


def test_off_lets_anybody_in_and_ignores_keys(gate, store):
    store.create(Grant("shop"))
    for sent in ("", "nonsense"):
        assert gate("off").admit(sent) is ANONYMOUS


def test_required_lets_nobody_in_without_a_key_even_if_there_is_none(gate):
    for sent in ("", "nonsense"):
        with pytest.raises(NotAuthenticated):
            gate("required").admit(sent)


def test_auto_asks_for_keys_within_a_second_of_the_first_one(gate, store, clock):
    keeper = gate("auto")
    assert keeper.admit("nonsense") is ANONYMOUS
    _, text = store.create(Grant("shop"))
    clock.now = 0.9
    assert keeper.admit("") is ANONYMOUS
    clock.now = 1
    with pytest.raises(NotAuthenticated, match="an API key is needed: Authorization: Bearer KEY"):
        keeper.admit("")
    assert keeper.admit(text).name == "shop"


def test_auto_goes_on_asking_when_the_last_key_is_revoked(gate, store, clock):
    _, text = store.create(Grant("shop"))
    keeper = gate("auto")
    assert keeper.admit(text)
    store.revoke("shop")
    for again in (keeper, gate("auto")):
        clock.now += 5
        with pytest.raises(NotAuthenticated):
            again.admit("")
        with pytest.raises(NotAuthenticated, match="no longer valid"):
            again.admit(text)


def test_auto_looks_for_a_first_key_once_a_second(gate, store, clock, monkeypatch):
    looks: list[float] = []
    monkeypatch.setattr(store, "any_made", lambda: looks.append(clock.now))
    keeper = gate("auto")
    for tenth in range(25):
        clock.now = tenth / 10
        keeper.admit("")
    assert looks == [0, 1, 2]


def test_each_key_has_its_own_rate(gate, store, clock):
    rates = {"slow": 2, "other": 2, "free": None}
    slow, other, free = (store.create(Grant(name, requests_per_minute=rate))[1] for name, rate in rates.items())
    keeper = gate("required")
    keeper.admit(slow), keeper.admit(slow)
    with pytest.raises(ShareExceeded, match="2 times a minute") as told:
        keeper.admit(slow)
    assert told.value.retry_after == 30
    keeper.admit(other)
    for _ in range(50):
        keeper.admit(free)
    clock.now += 30
    assert keeper.admit(slow).name == "slow"


def test_wrong_keys_do_not_spend_the_rate_of_the_right_one(gate, store):
    _, text = store.create(Grant("slow", requests_per_minute=1))
    keeper = gate("required")
    for _ in range(3):
        with pytest.raises(NotAuthenticated):
            keeper.admit(text[:-1] + ("A" if text[-1] != "A" else "B"))
    assert keeper.admit(text)


def test_a_model_list_is_kept_to():
    dev = ModelCard("dev", "black-forest-labs/FLUX.1-dev", "", commercial=False, painted=True)
    check_model(Principal(), dev)
    for names in (("schnell", "dev"), ("black-forest-labs/FLUX.1-dev",)):
        check_model(Principal(models=names), dev)
    with pytest.raises(NotAllowed, match="model dev; it may use schnell, blazon/vector-1"):
        check_model(Principal(models=("schnell", "blazon/vector-1")), dev)
