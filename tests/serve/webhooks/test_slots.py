from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from blazon.serve.webhooks.slots import SLOTS, Slots, Standing
from blazon.store.webhooks import Due


def _due(owner, number, attempts=0):
    return Due(f"msg_{owner}_{number}", owner, f"https://{number}.example", attempts, since=float(number))


def _due_of(owner, numbers, attempts=0):
    return [_due(owner, number, attempts) for number in numbers]


def _serve(slots, due, standing):
    """Make the attempts of all of these, one round after the other."""
    while due:
        taken = slots.take(due)
        assert taken
        for one in taken:
            slots.release(one, standing)
        due = [one for one in due if one not in taken]


def test_a_line_has_one_attempt_at_a_time():
    slots = Slots()
    first, second = _due("", 1), Due("msg_2", "", "https://1.example", 0, 2.0)
    assert slots.take([first]) == [first]
    assert slots.busy() == {first.line}
    assert slots.take([second]) == []
    slots.release(first, Standing.PROMPT)
    assert slots.take([second]) == [second]


def test_what_has_been_due_longest_comes_first():
    slots = Slots(dict.fromkeys(Standing, 2))
    assert slots.take([_due("", 3), _due("", 1), _due("b", 2)]) == [_due("", 1), _due("b", 2)]


@pytest.mark.parametrize(
    ("before", "attempts"), [(Standing.PROMPT, 0), (Standing.UNKNOWN, 0), (None, 0), (Standing.FAILED, 0), (None, 1)]
)
def test_whatever_one_owner_takes_others_have_room(before, attempts):
    """Of hosts that answered well, that nobody has called yet, and that failed, before or after a restart."""
    slots = Slots()
    due = _due_of("greedy", range(2000), attempts)
    if before is not None:
        _serve(slots, due, before)
    taken = slots.take(due)
    assert taken
    assert slots.take(due) == []
    for other in ("a", "b", "c"):
        asked = _due_of(other, range(5), attempts)
        assert slots.take(asked) == asked


@pytest.mark.parametrize("bad", [Standing.UNKNOWN, Standing.FAILED])
def test_receivers_of_a_higher_standing_have_room_even_if_all_owners_are_one(bad):
    slots = Slots()
    good = _due_of("", range(10_000, 10_020))
    _serve(slots, good, Standing(bad - 1))
    dead = _due_of("", range(2000))
    _serve(slots, dead, bad)
    assert slots.take(dead)
    assert slots.take(good) == good


def test_who_failed_goes_behind_who_did_not():
    slots = Slots(dict.fromkeys(Standing, 1))
    bad, new = _due("", 1, attempts=3), _due("", 2)
    assert slots.take([bad, new]) == [new]
    slots.release(new, Standing.PROMPT)
    assert slots.take([bad]) == [bad]
    slots.release(bad, Standing.PROMPT)  # it has recovered, and is as good as any
    assert slots.take([new, bad]) == [new]


def test_of_one_owner_who_was_served_longest_ago_comes_first():
    slots = Slots(dict.fromkeys(Standing, 1))
    one, two = _due("", 1), _due("", 2)
    _serve(slots, [one, two], Standing.PROMPT)
    order = []
    for _ in range(6):
        (taken,) = slots.take([one, two])
        order.append(taken)
        slots.release(taken, Standing.PROMPT)
    assert order == [one, two] * 3


def test_an_attempt_that_came_to_nothing_leaves_the_standing_as_it_was():
    slots = Slots(dict.fromkeys(Standing, 1))
    _serve(slots, [_due("", 1)], Standing.FAILED)
    _serve(slots, [_due("", 1)], None)
    assert slots.take([_due("", 1), _due("", 2)]) == [_due("", 2)]


def test_only_so_many_lines_are_remembered(monkeypatch):
    monkeypatch.setattr("blazon.serve.webhooks.slots._MEMORY", 10)
    slots = Slots()
    _serve(slots, _due_of("", range(100)), Standing.FAILED)
    assert len(slots._last) == 10


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(1, 400), min_size=1, max_size=8))
def test_owners_with_equal_wishes_get_equal_shares(wishes):
    slots = Slots()
    asked = [due for owner, wish in enumerate(wishes) for due in _due_of(str(owner), range(wish))]
    held = Counter(due.owner for due in slots.take(asked))
    left = {str(owner): wish - held[str(owner)] for owner, wish in enumerate(wishes)}
    unserved = [held[owner] for owner, more in left.items() if more]
    if unserved:
        assert max(held.values()) - min(unserved) <= 1


class Machine(RuleBasedStateMachine):
    """Attempts begin and end in any order; the bounds hold throughout."""

    def __init__(self):
        super().__init__()
        self.slots = Slots({Standing.PROMPT: 12, Standing.UNKNOWN: 8, Standing.FAILED: 4})
        self.running = {}

    @rule(owners=st.lists(st.sampled_from("abc"), max_size=12), attempts=st.integers(0, 1), start=st.integers(0, 20))
    def take(self, owners, attempts, start):
        due = list({one.line: one for one in (_due(o, n, attempts) for n, o in enumerate(owners, start))}.values())
        for one in self.slots.take(due):
            assert one.line not in self.running
            self.running[one.line] = one

    @precondition(lambda self: self.running)
    @rule(data=st.data(), standing=st.sampled_from([*Standing, None]))
    def release(self, data, standing):
        line = data.draw(st.sampled_from(sorted(self.running)))
        self.slots.release(self.running.pop(line), standing)

    @invariant()
    def bounds_hold(self):
        assert self.slots.busy() == set(self.running)
        assert len(self.running) <= 12
        counted = [held.total() for held in self.slots._held.values()]
        assert all(count <= size for count, size in zip(counted, (12, 8, 4), strict=True))
        assert counted[0] == len(self.running)

    def teardown(self):
        for one in self.running.values():
            self.slots.release(one, None)
        assert not any(self.slots._held.values())


TestMachine = Machine.TestCase
TestMachine.settings = settings(deadline=None, max_examples=60)


def test_the_slots_are_sockets_that_a_process_may_have():
    assert max(SLOTS.values()) <= 1024 // 2
    assert list(SLOTS.values()) == sorted(SLOTS.values(), reverse=True)
