import pytest
from sqlalchemy import select

from blazon.errors import StorageFault
from blazon.store.database import Database
from blazon.store.outbox import OutboxUnavailable, SqlOutbox, owe
from blazon.store.tables import webhooks

URL = "https://example.com/hook"


def _add(_, database, *deliveries):
    with database.writing() as connection:
        for delivery in deliveries:
            owe(connection, delivery)


def test_what_was_added_is_due_from_then_on(outbox, database, make):
    delivery = make(URL, created=1000.0)
    _add(outbox, database, delivery)
    assert outbox.next_due(999.9, ()) is None
    assert outbox.next_due(1000.0, ()) == delivery


def test_it_is_owed_only_if_the_transaction_of_the_caller_goes_through(outbox, database, make):
    def work():
        with database.writing() as connection:
            owe(connection, make(URL))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()
    assert outbox.next_due(2000.0, ()) is None


def test_the_same_event_is_not_owed_twice(outbox, database, make):
    _add(outbox, database, make(URL))
    with pytest.raises(StorageFault):
        _add(outbox, database, make(URL))


def test_what_has_been_due_longest_comes_first_and_busy_receivers_are_passed_over(outbox, database, make):
    _add(
        outbox,
        database,
        make("https://slow.example/a", 1, created=1.0),
        make("https://slow.example/b", 2, created=2.0),
        make("https://quick.example/", 3, created=3.0),
    )
    assert outbox.next_due(9.0, ()).id == "msg_1"
    assert outbox.next_due(9.0, {"https://slow.example"}).id == "msg_3"
    assert outbox.next_due(9.0, {"https://slow.example", "https://quick.example"}) is None


def test_what_was_postponed_is_due_again_later_with_its_attempts_counted(outbox, database, make):
    _add(outbox, database, make(URL))
    outbox.postpone("msg_1", 3, 1500.0, "answered 500")
    assert outbox.next_due(1499.0, ()) is None
    assert outbox.next_due(1500.0, ()).attempts == 3


@pytest.mark.parametrize("ending", ["delivered", "given up"])
def test_what_has_ended_is_not_owed_and_its_secret_is_gone(outbox, database, make, ending):
    _add(outbox, database, make(URL))
    if ending == "delivered":
        outbox.mark_delivered("msg_1", 1001.0)
    else:
        outbox.give_up("msg_1", 1001.0, 8, "answered 500")
    assert outbox.next_due(1e12, ()) is None
    with database.writing() as connection:
        row = connection.execute(select(webhooks)).one()
    assert row.secret == ""
    assert (row.delivered_at, row.given_up_at, row.attempts, row.error) == (
        (1001.0, None, 0, None) if ending == "delivered" else (None, 1001.0, 8, "answered 500")
    )


def test_another_process_finds_what_is_owed(outbox, database, url, make):
    _add(outbox, database, make(URL))
    outbox.postpone("msg_1", 1, 1005.0, "answered 500")
    again = Database.open(url)
    found = SqlOutbox(again).next_due(1005.0, ())
    again.close()
    assert (found.id, found.attempts, found.secret, found.body) == ("msg_1", 1, make(URL).secret, make(URL).body)


def test_forgetting_leaves_what_is_owed(outbox, database, make):
    _add(outbox, database, *(make(URL, number, created=float(number)) for number in range(1, 5)))
    outbox.mark_delivered("msg_1", 1.0)
    outbox.give_up("msg_2", 1.0, 8, "answered 500")
    outbox.mark_delivered("msg_4", 1.0)
    assert outbox.forget(before=4.0) == 2
    assert outbox.forget(before=4.0) == 0
    assert outbox.next_due(9.0, ()).id == "msg_3"


def test_a_database_that_cannot_be_used_is_one_error_without_the_secret(url):
    database = Database.open(url, migrate=False)
    outbox = SqlOutbox(database)
    for call in (
        lambda: outbox.next_due(1.0, ()),
        lambda: outbox.mark_delivered("msg_1", 1.0),
        lambda: outbox.forget(1.0),
    ):
        with pytest.raises(OutboxUnavailable, match="no such table: webhooks") as refused:
            call()
        assert refused.value.__cause__ is None
    database.close()


def test_a_delivery_does_not_show_its_secret(make):
    assert "whsec_" not in repr(make(URL))
