"""Comparing servers with the contract of the old API, and with each other, field by field."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from blazon.selftest.client import Client
from blazon.selftest.contract import ABSENT, ANY, Fields, Probe, list_probes, observe


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that is not as it should be.

    Args:
        contract: what the contract says; `any` where it says nothing.
        server, other: what was seen; `-` for a field that is absent, `other` is empty with one server.
    """

    probe: str
    field: str
    contract: str
    server: str
    other: str = ""


def compare(server: Client, other: Client | None = None) -> Iterator[tuple[Probe, list[Difference]]]:
    """Send each probe to one server or to both, and yield what differs.

    Fields of the first server are held to the contract and, if there is another server, to what that one answers.

    Raises:
        NobodyAnswers: a server did not answer.
    """
    for probe in list_probes():
        found = observe(probe.send(server))
        beside = observe(probe.send(other)) if other else None
        yield probe, list(_find_differences(probe, found, beside))


def _find_differences(probe: Probe, found: Fields, beside: Fields | None) -> Iterator[Difference]:
    names: Sequence[str] = list(dict.fromkeys([*probe.expected, *found, *(beside or {})]))
    for name in names:
        expected = probe.expected.get(name, ABSENT if probe.closed else ANY)
        server = found.get(name, ABSENT)
        other = "" if beside is None else beside.get(name, ABSENT)
        if expected == ANY and name in probe.expected:
            differs = ABSENT in (server, other)
        else:
            differs = expected not in (server, ANY) or other not in (server, "")
        if differs:
            yield Difference(probe.name, name, expected, server, other)
