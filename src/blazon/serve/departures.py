"""What is under way: flights that may be boarded, generations that are aboard, and those on their way there."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from blazon.generation import Generation
from blazon.serve.flights import Flight, Passenger


class Departures:
    """Knows who flies with what. Threads may share it; a flight's lock is taken around its own, never inside it."""

    def __init__(self) -> None:
        self._flights: dict[str, Flight] = {}  # that others may still board, by fingerprint
        self._aboard: dict[str, tuple[Flight, Passenger]] = {}  # by id of the generation
        self._boarding: set[str] = set()  # ids of generations that may be on disk and are not aboard yet
        self._lock = threading.Lock()
        self._boarded = threading.Condition(self._lock)

    def find(self, identity: str) -> tuple[Flight, Passenger] | None:
        """Return who carries a generation, if anybody does."""
        with self._lock:
            return self._aboard.get(identity)

    def await_boarding(self, identity: str) -> tuple[Flight, Passenger] | None:
        """Return who carries a generation; if it is just being accepted, wait until that is over."""
        with self._boarded:
            self._boarded.wait_for(lambda: identity not in self._boarding)
            return self._aboard.get(identity)

    def passengers(self) -> list[Passenger]:
        with self._lock:
            return [passenger for _, passenger in self._aboard.values()]

    def flights(self) -> list[Flight]:
        """Return the flights that have passengers."""
        with self._lock:
            return list({id(flight): flight for flight, _ in self._aboard.values()}.values())

    @contextmanager
    def boarding(self, identity: str) -> Iterator[bool]:
        """Keep others from taking a generation up meanwhile; yield whether nobody carries it."""
        with self._lock:
            free = identity not in self._aboard and identity not in self._boarding
            if free:
                self._boarding.add(identity)
        try:
            yield free
        finally:
            if free:
                with self._boarded:
                    self._boarding.discard(identity)
                    self._boarded.notify_all()

    def flight_for(self, generation: Generation, *, shared: bool, previews: bool) -> tuple[Flight, bool]:
        """Return a flight with its lock taken, and whether it was made for this generation."""
        with self._lock:
            flight = self._flights.get(generation.fingerprint) if shared else None
            if flight is None:
                flight = Flight(generation.brief, generation.fingerprint, previews)
                flight.lock.acquire()  # at once: nobody else knows of it
                if shared:  # before it is on disk: who asks for the same meanwhile waits for the lock
                    self._flights[generation.fingerprint] = flight
                return flight, True
        flight.lock.acquire()
        return flight, False

    def add(self, flight: Flight, passenger: Passenger) -> None:
        """Let a passenger board; under the flight's lock."""
        flight.passengers[passenger.generation.id] = passenger
        with self._lock:
            self._aboard[passenger.generation.id] = (flight, passenger)

    def drop(self, flight: Flight, passenger: Passenger) -> None:
        """Let a passenger leave, and tell its listeners that nothing follows; under the flight's lock."""
        flight.passengers.pop(passenger.generation.id, None)
        with self._lock:
            self._aboard.pop(passenger.generation.id, None)
        passenger.channel.close()

    def close(self, flight: Flight) -> None:
        """Let nobody board any more; under the flight's lock."""
        flight.over = True
        with self._lock:
            if self._flights.get(flight.fingerprint) is flight:
                del self._flights[flight.fingerprint]
