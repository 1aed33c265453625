"""A queue that is fair between owners: properties over random histories."""

import itertools
from collections import Counter, defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blazon.generation import Priority
from blazon.serve.queue import FairQueue

# Weights are powers of two and costs whole, so that virtual times are exact and so are the bounds.
WEIGHTS = {"": 1.0, "ann": 1.0, "bob": 2.0, "eve": 8.0, "kim": 0.5}
owners = st.sampled_from(sorted(WEIGHTS))
pushes = st.tuples(st.just("push"), owners, st.sampled_from(Priority), st.integers(1, 24))
pops = st.tuples(st.just("pop"))
removals = st.tuples(st.just("remove"), st.integers(0, 10**6))
histories = st.lists(pushes | pops | removals, max_size=120)


class Played:
    """A queue, and a naive record of what is in it, through a history of what happens to it."""

    def __init__(self) -> None:
        self.queue: FairQueue[int] = FairQueue()
        self.waiting: dict[int, tuple[str, Priority, int]] = {}
        self.pushed = itertools.count()

    def play(self, step):
        """Do a step; return the owner and the cost that were served, if any."""
        match step:
            case ("push", owner, priority, cost):
                item = next(self.pushed)
                self.queue.push(item, owner, WEIGHTS[owner], priority, cost)
                self.waiting[item] = owner, priority, cost
            case ("remove", number) if self.waiting:
                item = sorted(self.waiting)[number % len(self.waiting)]
                assert self.queue.remove(item)
                del self.waiting[item]
            case ("pop",):
                item = self.queue.pop()
                if item is not None:
                    owner, _, cost = self.waiting.pop(item)
                    return owner, cost
                assert not self.waiting
        return None

    def backlogged(self):
        return {owner for owner, *_ in self.waiting.values()}


@settings(deadline=None)
@given(histories)
def test_whatever_is_pushed_is_popped_once_or_removed(history):
    played = Played()
    for step in history:
        played.play(step)  # popping what is not in the record would be a KeyError
        assert len(played.queue) == len(played.waiting)
        counts = Counter(owner for owner, *_ in played.waiting.values())
        assert {owner: played.queue.count_waiting(owner) for owner in WEIGHTS} == {
            name: counts[name] for name in WEIGHTS
        }
    while played.waiting:
        played.play(("pop",))
    assert played.queue.pop() is None
    assert len(played.queue) == 0


@settings(deadline=None)
@given(histories)
def test_while_two_owners_wait_their_shares_differ_by_one_item_each_at_most(history):
    """Theorem 1 of Goyal, Vin, Cheng, for every pair and every stretch of time that begins when both wait."""
    played, served = Played(), defaultdict(Counter)
    most = dict.fromkeys(WEIGHTS, 0)
    for step in [*history, *[("pop",)] * len(history)]:
        before = played.backlogged()
        if step[0] == "push":
            most[step[1]] = max(most[step[1]], step[3])
        result = played.play(step)
        both = played.backlogged() & before
        for pair in itertools.combinations(sorted(WEIGHTS), 2):
            if not set(pair) <= both:
                served[pair].clear()
            elif result and result[0] in pair:
                served[pair][result[0]] += result[1]
            first, second = pair
            difference = served[pair][first] / WEIGHTS[first] - served[pair][second] / WEIGHTS[second]
            assert abs(difference) <= most[first] / WEIGHTS[first] + most[second] / WEIGHTS[second]


@settings(deadline=None)
@given(histories)
def test_nobody_who_waits_is_passed_over_for_more_than_a_bounded_cost(history):
    """Others get at most their share of one item's time of the owner, and one item each on top."""
    played, passed = Played(), Counter()
    most = dict.fromkeys(WEIGHTS, 0)
    for step in [*history, *[("pop",)] * len(history)]:
        if step[0] == "push":
            most[step[1]] = max(most[step[1]], step[3])
        result = played.play(step)
        for owner in WEIGHTS:
            if owner not in played.backlogged() or (result and result[0] == owner):
                passed[owner] = 0
            elif result:
                passed[owner] += result[1]
            others = [other for other in WEIGHTS if other != owner]
            bound = sum(WEIGHTS[other] * most[owner] / WEIGHTS[owner] + most[other] for other in others)
            assert passed[owner] <= bound


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(Priority), st.integers(1, 24)), min_size=1, max_size=40))
def test_within_an_owner_priority_comes_first_and_then_who_came_first(items):
    queue: FairQueue[int] = FairQueue()
    for number, (priority, cost) in enumerate(items):
        queue.push(number, "ann", 1.0, priority, cost)
    ranks = {Priority.HIGH: 0, Priority.NORMAL: 1, Priority.LOW: 2}
    expected = sorted(range(len(items)), key=lambda number: (ranks[items[number][0]], number))
    assert [queue.pop() for _ in items] == expected


@settings(deadline=None)
@given(histories, owners, st.sampled_from(Priority))
def test_what_is_said_to_be_ahead_is_what_is_served_before(history, owner, priority):
    played = Played()
    for step in history:
        played.play(step)
    ahead = played.queue.ahead_of(owner, WEIGHTS[owner], priority)
    assert len(played.queue) == len(played.waiting)  # asking changes nothing
    played.queue.push(-1, owner, WEIGHTS[owner], priority, 1)
    served = 0
    while (item := played.queue.pop()) != -1:
        served += played.waiting.pop(item)[2]
    assert ahead == served


def test_shares_follow_the_weights():
    queue: FairQueue[tuple[str, int]] = FairQueue()
    for number in range(300):
        for owner, weight in (("ann", 1.0), ("bob", 2.0), ("eve", 5.0)):
            queue.push((owner, number), owner, weight)
    shares = Counter(queue.pop()[0] for _ in range(160))
    assert shares.total() == 160
    for owner, share in (("ann", 20), ("bob", 40), ("eve", 100)):
        assert abs(shares[owner] - share) <= 2


def test_a_flood_costs_the_others_one_turn():
    queue: FairQueue[str] = FairQueue()
    for number in range(1000):
        queue.push(f"flood {number}", "eve", priority=Priority.HIGH)
    queue.pop()
    queue.push("one picture", "ann", priority=Priority.LOW)
    assert "one picture" in [queue.pop() for _ in range(2)]


def test_a_newcomer_does_not_pay_for_the_dear_item_that_is_being_served():
    queue: FairQueue[str] = FairQueue()
    queue.push("dear", "eve", cost=1000)
    for number in range(100):
        queue.push(f"bob {number}", "bob")
    assert queue.pop() == "dear"
    queue.push("ann", "ann")
    assert "ann" in [queue.pop() for _ in range(2)]


def test_who_was_away_gets_no_credit():
    queue: FairQueue[str] = FairQueue()
    for number in range(200):
        queue.push(f"ann {number}", "ann")
    for _ in range(100):
        queue.pop()
    for number in range(100):
        queue.push(f"bob {number}", "bob")
    assert Counter(queue.pop().split()[0] for _ in range(20)) == {"ann": 10, "bob": 10}


def test_who_comes_back_right_after_a_dear_one_still_pays_for_it():
    queue: FairQueue[str] = FairQueue()
    queue.push("dear", "eve", cost=10)
    for number in range(20):
        queue.push(f"ann {number}", "ann")
    assert queue.pop() == "dear"
    queue.push("again", "eve")
    assert [queue.pop() for _ in range(12)].index("again") == 11  # after ten of ann's, and the one that came before it


def test_nobody_pays_any_more_once_nothing_waits():
    queue: FairQueue[str] = FairQueue()
    queue.push("dear", "eve", cost=1000)
    queue.pop()
    queue.push("eve", "eve")
    queue.push("ann", "ann")
    assert [queue.pop(), queue.pop()] == ["eve", "ann"]


def test_owners_who_come_and_go_are_forgotten():
    queue: FairQueue[str] = FairQueue()
    for number in range(100):
        queue.push(f"ann {number}", "ann")
    for number in range(1000):
        queue.push(f"item {number}", f"owner {number}")
        queue.pop()
        if number % 10 == 0:
            queue.push(f"gone {number}", f"another {number}")
            queue.remove(f"gone {number}")
            queue.pop()
        assert _remembered(queue) <= 13
    while queue.pop():
        pass
    assert _remembered(queue) == 0


@settings(deadline=None)
@given(histories)
def test_no_more_owners_are_remembered_than_there_are_and_none_when_nothing_waits(history):
    played = Played()
    for step in history:
        played.play(step)
        assert _remembered(played.queue) <= (len(WEIGHTS) if played.waiting else 0)


def test_what_waits_cannot_wait_twice_and_what_does_not_wait_cannot_be_removed():
    queue: FairQueue[str] = FairQueue()
    queue.push("item", "ann")
    with pytest.raises(ValueError, match="waits already"):
        queue.push("item", "bob")
    assert queue.remove("item")
    assert not queue.remove("item")
    queue.push("item", "bob")
    assert queue.pop() == "item"
    assert not queue.remove("item")


@pytest.mark.parametrize(("weight", "cost"), [(0, 1), (-1, 1), (1, 0), (float("nan"), 1), (1, float("inf"))])
def test_weights_and_costs_that_would_break_the_order_are_refused(weight, cost):
    queue: FairQueue[str] = FairQueue()
    with pytest.raises(ValueError, match="above 0"):
        queue.push("item", "ann", weight, cost=cost)
    assert len(queue) == 0


def _remembered(queue: FairQueue) -> int:
    """How many owners a queue holds a number for."""
    return len(queue._lanes) + len(queue._finished)


@settings(deadline=None)
@given(histories)
def test_the_place_of_what_waits_is_how_much_is_popped_before_it(history):
    played = Played()
    for step in history:
        played.play(step)
    told = {item: played.queue.count_ahead(item) for item in played.waiting}
    popped = [played.queue.pop() for _ in told]
    assert all(abs(popped.index(item) - ahead) < len(WEIGHTS) for item, ahead in told.items())  # equal starts
    assert played.queue.count_ahead(-1) is None
