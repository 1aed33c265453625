"""Transactions a second of PostgreSQL, with and without a notice to the other servers in each.

`python benchmarks/notices.py` runs a real PostgreSQL that writes every commit to the disk. PostgreSQL commits what has
a NOTIFY in it one after the other (one lock for all databases, until the commit is on the disk). So servers send
notices in transactions of their own, many at a time, that wait for no disk; what is accepted and finished is committed
together with what others write.
"""

import sys
import threading
import time
from collections.abc import Iterator

import psycopg
from _postgresql import NoPostgreSQL, run_postgresql
from _report import Row, options, report

CONNECTIONS = (1, 8, 32)
DURABLE = ("fsync=on", "synchronous_commit=on")
PER_PICTURE = 3  # accepted, begun, finished with its end; to claim waits for no disk


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--seconds", type=float, default=3, help="of each row")
    arguments = parser.parse_args()
    try:
        with run_postgresql(*DURABLE) as server:
            address = psycopg.conninfo.make_conninfo(server.url(server.create_database()).replace("+psycopg", ""))
            rows = list(_measure(address, arguments.seconds))
    except NoPostgreSQL as reason:
        print(reason)
        sys.exit(2)
    report("Commits of PostgreSQL that reach the disk", rows, out=arguments.out)


def _measure(address: str, seconds: float) -> Iterator[Row]:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE TABLE written (value integer)")
    best = 0.0
    for notify in (False, True):
        for connections in CONNECTIONS:
            rate = _commit_for(address, seconds, connections, notify=notify)
            best = best if notify else max(best, rate)
            what = "with NOTIFY" if notify else "without NOTIFY"
            yield f"{what}, {connections} connection{'s' * (connections > 1)}", f"{rate:,.0f} / s", ""
    yield f"pictures, of {PER_PICTURE} commits without NOTIFY each", f"{best / PER_PICTURE:,.0f} / s", ""


def _commit_for(address: str, seconds: float, connections: int, *, notify: bool) -> float:
    """Return the commits a second of some connections that do nothing else."""
    counts: list[int] = []
    until = time.monotonic() + seconds

    def commit() -> None:
        count = 0
        with psycopg.connect(address) as connection:
            while time.monotonic() < until:
                connection.execute("INSERT INTO written VALUES (1)")
                if notify:
                    connection.execute("SELECT pg_notify('blazon', 'a generation changed')")
                connection.commit()
                count += 1
        counts.append(count)

    threads = [threading.Thread(target=commit) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / seconds


if __name__ == "__main__":
    main()
