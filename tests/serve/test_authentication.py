"""Who comes in under each mode, and how often; on a real database. And who can reach a server without keys."""

from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blazon.errors import NotAllowed, NotAuthenticated, ShareExceeded, StorageUnavailable
from blazon.models import ModelCard
from blazon.principal import ANONYMOUS, Principal
from blazon.serve.authentication import (
    Authenticator,
    RateExceeded,
    TokenBucket,
    TokenBuckets,
    check_model,
    count_remaining,
    exposure_problem,
    is_loopback,
)
from blazon.settings import Settings
from blazon.store.database import Database
from blazon.store.keys import Grant, KeyStore
from blazon.store.rates import RateStore


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
def make_authenticator(store, clock):
    return lambda mode: Authenticator(store, mode, clock=clock)


def _admit(authenticator, *sent):
    return authenticator.admit(set(sent) - {""})[0]


def test_off_lets_anybody_in_and_ignores_keys(make_authenticator, store):
    store.create(Grant("shop"))
    for sent in ("", "nonsense"):
        assert _admit(make_authenticator("off"), sent) is ANONYMOUS


def test_required_lets_nobody_in_without_a_key_even_if_there_is_none(make_authenticator):
    for sent in ("", "nonsense"):
        with pytest.raises(NotAuthenticated):
            _admit(make_authenticator("required"), sent)


def test_auto_asks_for_keys_within_a_second_of_the_first_one(make_authenticator, store, clock):
    authenticator = make_authenticator("auto")
    assert _admit(authenticator, "nonsense") is ANONYMOUS
    _, text = store.create(Grant("shop"))
    clock.now = 0.9
    assert _admit(authenticator, "") is ANONYMOUS
    clock.now = 1
    with pytest.raises(NotAuthenticated, match="an API key is needed: Authorization: Bearer KEY"):
        _admit(authenticator, "")
    assert _admit(authenticator, text).name == "shop"


def test_auto_goes_on_asking_when_the_last_key_is_revoked(make_authenticator, store, clock):
    _, text = store.create(Grant("shop"))
    authenticator = make_authenticator("auto")
    assert _admit(authenticator, text)
    store.revoke("shop")
    for again in (authenticator, make_authenticator("auto")):
        clock.now += 5
        with pytest.raises(NotAuthenticated):
            _admit(again, "")
        with pytest.raises(NotAuthenticated, match="no longer valid"):
            _admit(again, text)


def test_auto_looks_for_a_first_key_once_a_second(make_authenticator, store, clock, monkeypatch):
    looks: list[float] = []
    monkeypatch.setattr(store, "any_made", lambda: looks.append(clock.now))
    authenticator = make_authenticator("auto")
    for tenth in range(25):
        clock.now = tenth / 10
        _admit(authenticator, "")
    assert looks == [0, 1, 2]


def test_what_is_known_without_the_database_is_no_older_than_that(make_authenticator, store, clock):
    authenticator = make_authenticator("auto")
    assert not authenticator.is_open()
    _admit(authenticator)
    assert authenticator.is_open()
    store.create(Grant("shop"))
    clock.now = 1
    assert not authenticator.is_open()
    assert [make_authenticator(mode).is_open() for mode in ("off", "required")] == [True, False]


def test_nobody_is_let_in_before_it_is_known_whether_keys_are_asked_for(make_authenticator, store, monkeypatch):
    _, text = store.create(Grant("shop"))
    authenticator = make_authenticator("auto")
    look = store.any_made
    open_meanwhile: list[bool] = []

    def fail() -> bool:
        raise StorageUnavailable("locked")

    def look_slowly() -> bool:
        open_meanwhile.append(authenticator.is_open())
        return look()

    monkeypatch.setattr(store, "any_made", fail)
    for _ in range(2):
        with pytest.raises(StorageUnavailable):
            _admit(authenticator, "")
        assert not authenticator.is_open()
    monkeypatch.setattr(store, "any_made", look_slowly)
    with pytest.raises(NotAuthenticated):
        _admit(authenticator, "")
    assert open_meanwhile == [False]
    assert _admit(authenticator, text).name == "shop"


def test_whether_keys_were_asked_for_is_told_without_the_database(make_authenticator, store, clock, monkeypatch):
    authenticator = make_authenticator("auto")
    _admit(authenticator, "")
    store.create(Grant("shop"))
    clock.now = 5
    monkeypatch.setattr(store, "any_made", lambda: pytest.fail("the database was asked"))
    assert not authenticator.is_keyed()
    monkeypatch.undo()
    with pytest.raises(NotAuthenticated):
        _admit(authenticator, "")
    assert authenticator.is_keyed()


def test_each_key_has_its_own_rate(make_authenticator, store, clock):
    rates = {"slow": 2, "other": 2, "free": None}
    slow, other, free = (store.create(Grant(name, requests_per_minute=rate))[1] for name, rate in rates.items())
    authenticator = make_authenticator("required")
    _admit(authenticator, slow), _admit(authenticator, slow)
    with pytest.raises(ShareExceeded, match="2 times a minute") as told:
        _admit(authenticator, slow)
    assert told.value.retry_after == 30
    _admit(authenticator, other)
    for _ in range(50):
        _admit(authenticator, free)
    clock.now += 30
    assert _admit(authenticator, slow).name == "slow"


def test_wrong_keys_do_not_spend_the_rate_of_the_right_one(make_authenticator, store):
    _, text = store.create(Grant("slow", requests_per_minute=1))
    authenticator = make_authenticator("required")
    for _ in range(3):
        with pytest.raises(NotAuthenticated):
            _admit(authenticator, text[:-1] + ("A" if text[-1] != "A" else "B"))
    assert _admit(authenticator, text)


def test_a_model_list_is_kept_to():
    dev = ModelCard("dev", "black-forest-labs/FLUX.1-dev", "", commercial=False, painted=True)
    check_model(Principal(), dev)
    for names in (("schnell", "dev"), ("black-forest-labs/FLUX.1-dev",)):
        check_model(Principal(models=names), dev)
    with pytest.raises(NotAllowed, match="model dev; it may use schnell, blazon/vector-1"):
        check_model(Principal(models=("schnell", "blazon/vector-1")), dev)


# Rates.

rates = st.floats(0.1, 1000)
pauses = st.lists(st.floats(0, 30), max_size=150)


@pytest.mark.parametrize("per_minute", [1, 7, 60, 600])
def test_a_minutes_worth_at_once_and_then_one_at_a_time(per_minute):
    bucket = TokenBucket(per_minute)
    assert [bucket.allow(1000.0) for _ in range(per_minute)] == [0.0] * per_minute
    wait = bucket.allow(1000.0)
    assert wait == pytest.approx(60 / per_minute)
    assert bucket.allow(1000.0) == wait  # to be refused costs nothing
    assert bucket.allow(1000.0 + wait) == 0.0
    assert bucket.allow(1000.0 + wait) > 0.0


@settings(deadline=None)
@given(rates, pauses)
def test_no_stretch_of_time_sees_more_than_the_rate_and_one_bucket(per_minute, pauses):
    bucket, now, let_through = TokenBucket(per_minute), 5.0, []
    for pause in pauses:
        now += pause
        if bucket.allow(now) == 0.0:
            let_through.append(now)
    for first in range(len(let_through)):
        for last in range(first, len(let_through)):
            minutes = (let_through[last] - let_through[first]) / 60
            assert last - first + 1 <= max(per_minute, 1) + minutes * per_minute + 1e-3


@settings(deadline=None)
@given(rates, pauses)
def test_who_waits_as_long_as_told_is_let_through(per_minute, pauses):
    bucket, now = TokenBucket(per_minute), 5.0
    for pause in pauses:
        now += pause
        wait = bucket.allow(now)
        assert 0 <= wait <= 60.0 / per_minute + 1e-6  # the next token is never further away than one interval
        if wait:
            now += wait
            assert bucket.allow(now) == 0.0


@settings(deadline=None)
@given(rates, pauses)
def test_as_many_are_let_through_as_it_says(per_minute, pauses):
    bucket, now = TokenBucket(per_minute), 5.0
    for pause in pauses:
        now += pause
        bucket.allow(now)
    left = count_remaining(per_minute, bucket.full_in(now))
    assert [bucket.allow(now) for _ in range(left)] == [0.0] * left
    assert count_remaining(per_minute, bucket.full_in(now)) == 0
    assert bucket.allow(now) > 0


@pytest.mark.parametrize("per_minute", [0, -1])
def test_a_rate_that_lets_nothing_through_is_refused(per_minute):
    with pytest.raises(ValueError, match="above 0"):
        TokenBucket(per_minute)


def test_keys_do_not_share_a_bucket():
    buckets = TokenBuckets()
    assert buckets.bucket("ann", 1, 0.0).allow(0.0) == 0.0
    assert buckets.bucket("ann", 1, 0.0).allow(0.0) == 60.0
    assert buckets.bucket("bob", 1, 0.0).allow(0.0) == 0.0


def test_a_key_whose_rate_was_raised_feels_it_at_once():
    buckets = TokenBuckets()
    buckets.bucket("ann", 1, 0.0).allow(0.0)
    assert buckets.bucket("ann", 10, 0.0).allow(0.0) == 0.0


def test_keys_that_ask_no_more_are_forgotten_and_the_others_are_not():
    buckets = TokenBuckets()
    for number in range(1000):
        buckets.bucket(f"key {number}", 10, float(number)).allow(float(number))
        assert len(buckets) <= 130
    buckets.bucket("ann", 1, 1000.0).allow(1000.0)
    buckets.bucket("bob", 1, 1059.0).allow(1059.0)
    assert buckets.bucket("ann", 1, 1059.0).allow(1059.0) > 0.0


# Exposure.


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "localhost", "LOCALHOST", "::ffff:127.0.0.1"])
def test_addresses_of_this_machine_alone(host):
    assert is_loopback(host)
    assert exposure_problem(Settings.load(None, host=host, api_keys="off"), False) == ""


@pytest.mark.parametrize(
    "host",
    ["0.0.0.0", "::", "192.168.1.4", "10.0.0.1", "fe80::1", "128.0.0.1", "logos.example.com", "localhost.example", ""],
)
def test_addresses_that_others_reach(host):
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("mode", "made", "told"),
    [
        ("off", True, "HOST=0.0.0.0 and API_KEYS=off: anybody"),
        ("off", False, "and set API_KEYS=auto"),
        ("auto", False, "no API key was made: anybody who reaches it can draw; run `blazon keys create NAME`, or"),
        ("auto", True, ""),
        ("required", False, ""),
        ("required", True, ""),
    ],
)
def test_the_warning_says_what_is_open_and_what_helps(mode, made, told):
    problem = exposure_problem(Settings.load(None, host="0.0.0.0", api_keys=mode), made)
    assert told in problem
    assert bool(problem) == bool(told)


# Several servers on one database.


@pytest.fixture
def servers(postgresql_url):
    """Two servers on one PostgreSQL, each with connections of its own."""
    with (
        closing(Database.open(postgresql_url)) as one,
        closing(Database.open(postgresql_url, migrate=False)) as two,
    ):
        stores = [(KeyStore(database), RateStore(database)) for database in (one, two)]
        yield [(keys, Authenticator(keys, "auto", rates)) for keys, rates in stores]


def test_a_key_that_is_made_or_revoked_by_one_server_is_so_at_once_for_the_others(servers):
    (keys, here), (_, there) = servers
    text = keys.create(Grant("shop"))[1]
    assert _admit(there, text).name == "shop"
    keys.revoke("shop")
    for authenticator in (here, there):
        with pytest.raises(NotAuthenticated):
            _admit(authenticator, text)


def test_the_rate_of_a_key_counts_over_all_servers(servers):
    (keys, here), (_, there) = servers
    text = keys.create(Grant("shop", requests_per_minute=4))[1]
    left = [authenticator.admit({text})[1].remaining for authenticator in (here, there, here, there)]
    assert left == [3, 2, 1, 0]
    for authenticator in (here, there):
        with pytest.raises(RateExceeded) as refused:
            authenticator.admit({text})
        assert (refused.value.rate.remaining, refused.value.retry_after) == (0, 15)
