import os
import time
from dataclasses import replace

import pytest

from blazon.brief import Brief
from blazon.generation import CandidateRecord, Generation, Status, new_id
from blazon.store.garbage_collection import CLAIM_SECONDS, collect, collect_in_turn
from blazon.store.generations import Claim, GenerationStore
from blazon.store.pictures import PictureStore

SVG = "image/svg+xml"


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "pictures"


@pytest.fixture
def pictures(folder):
    return PictureStore.open("", folder)


@pytest.fixture
def store(database):
    return GenerationStore(database)


def _finished(store, picture, *, expires_at, created_at=1000.0, claim=None):
    generation = Generation(new_id(), "", Brief("a bakery", count=1), "f", created_at, expires_at)
    record = CandidateRecord(0, picture, SVG, "m", 1, False, "", (), None, 5, 1)
    store.accept(generation, claim)
    assert (
        store.add(generation.id, 0, lambda event: replace(record, event=event), created_at).status is Status.SUCCEEDED
    )
    return generation.id


def _aged(folder, seconds):
    """Make all pictures look as if they had been written so long ago."""
    for path in folder.rglob("*.svg"):
        os.utime(path, (time.time() - seconds,) * 2)


def test_what_is_past_its_time_goes_with_its_picture_and_the_rest_stays(database, store, pictures, folder):
    shared, own = pictures.put(b"<a/>", SVG), pictures.put(b"<b/>", SVG)
    now = time.time()
    old = [_finished(store, picture, expires_at=now - 1) for picture in (shared, own)]
    kept = _finished(store, shared, expires_at=now + 100)
    _aged(folder, 7200)
    collected = collect(database, pictures, now)
    assert (collected.generations, collected.pictures) == (2, 1)
    assert [store.get(identity) for identity in old] == [None, None]
    assert store.get(kept).candidates[0].picture == shared
    assert pictures.get(shared) == b"<a/>"
    assert [path.stem for path in folder.rglob("*.svg")] == [shared.rpartition("/")[2].removesuffix(".svg")]


def test_young_pictures_are_left_as_their_candidate_may_be_about_to_be_written(database, pictures):
    key = pictures.put(b"<a/>", SVG)
    assert collect(database, pictures, time.time()).pictures == 0
    assert pictures.get(key) == b"<a/>"


def test_what_has_not_ended_is_kept_however_old(database, store, pictures):
    generation = Generation(new_id(), "", Brief("a bakery"), "f", 1.0, 2.0)
    store.accept(generation)
    assert collect(database, pictures, 1e9).generations == 0
    assert store.get(generation.id) == generation


def test_idempotency_keys_are_honoured_for_a_day(database, store, pictures):
    claim = Claim("order-1", "digest")
    _finished(store, pictures.put(b"<a/>", SVG), expires_at=1e12, created_at=1000.0, claim=claim)
    assert collect(database, pictures, 1000.0 + CLAIM_SECONDS).claims == 0
    assert collect(database, pictures, 1001.0 + CLAIM_SECONDS).claims == 1
    store.refuse_claimed("", claim)


def test_collecting_twice_finds_nothing_more(database, store, pictures, folder):
    _finished(store, pictures.put(b"<a/>", SVG), expires_at=0.0)
    _aged(folder, 7200)
    assert collect(database, pictures, time.time()).pictures == 1
    again = collect(database, pictures, time.time())
    assert (again.generations, again.claims, again.webhooks, again.pictures) == (0, 0, 0, 0)


# Several servers.


def test_a_picture_that_another_server_draws_again_while_garbage_is_collected_stays(database, folder):
    class Listed(PictureStore):
        def older_than(self, moment):
            old = list(super().older_than(moment))
            if old:
                elsewhere.put(b"<a/>", SVG)  # and is about to write who refers to it
            yield from old

    elsewhere = PictureStore.open("", folder)
    key, idle = elsewhere.put(b"<a/>", SVG), elsewhere.put(b"<b/>", SVG)
    _aged(folder, 7200)
    assert collect(database, Listed.open("", folder), time.time()).pictures == 1
    assert (elsewhere.has(key), elsewhere.has(idle)) == (True, False)


@pytest.mark.parametrize("place", ["folder", "bucket"])
def test_a_server_whose_clock_is_ahead_removes_nothing_before_its_time(
    database, store, request, folder, place, monkeypatch
):
    folder.mkdir()
    url = folder.as_uri() if place == "folder" else request.getfixturevalue("bucket_url")
    pictures = PictureStore.open(url, folder)
    kept = _finished(store, pictures.put(b"<a/>", SVG), expires_at=time.time() + 60)
    pictures.put(b"<b/>", SVG)
    monkeypatch.setattr("time.time", lambda: 4e9)
    collected = collect(database, pictures)
    assert (collected.generations, collected.pictures) == (0, 0)
    assert store.get(kept) is not None


def test_of_servers_that_share_a_database_one_collects(database, pictures):
    done = [collect_in_turn(database, pictures) for _ in range(3)]
    assert [one is not None for one in done] == [True, not database.shared, not database.shared]


def test_of_a_folder_that_several_servers_see_the_clock_is_that_which_dates_its_pictures(folder, monkeypatch):
    folder.mkdir()
    pictures = PictureStore.open(folder.as_uri(), folder)
    monkeypatch.setattr("time.time", lambda: 4e9)
    assert pictures.read_clock() < 3.9e9
    assert list(pictures.older_than(5e9)) == []  # nothing is left of the look
