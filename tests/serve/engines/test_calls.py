from blazon.serve.engines.calls import CallCounters, CallOutcome


def test_calls_under_way_and_ended_are_counted_by_what_they_came_to() -> None:
    counters = CallCounters()
    with counters.counting():
        assert counters.report(reachable=True).calls == 1
        counters.end(CallOutcome.LOST)
    report = counters.report(reachable=False)
    assert (report.reachable, report.calls, report.ended[CallOutcome.LOST], sum(report.ended.values())) == (
        False,
        0,
        1,
        1,
    )


def test_a_replica_that_answers_no_more_is_forgotten_after_five_minutes() -> None:
    now = 0.0
    counters = CallCounters(lambda: now)
    counters.note_replica("one")
    now = 200.0
    counters.note_replica("two")
    counters.note_replica("two")
    assert counters.report(reachable=True).replicas == 2
    now = 400.0
    assert counters.report(reachable=True).replicas == 1
