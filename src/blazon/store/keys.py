"""API keys: made, found by what a client sends, rotated, revoked; and what their owners asked for on a day.

A key is `blz_<id>_<secret>`. The id names it in lists and logs; of the secret only a digest is stored.
"""

import hashlib
import hmac
import math
import re
import secrets
import time
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, bindparam, exists, insert, or_, select, update

from blazon.errors import Conflict, InvalidKey, NotAuthenticated, NotFound, ShareExceeded, UnreadableRecord
from blazon.principal import Principal, Scope
from blazon.store.database import Database, retry
from blazon.store.postgresql import lock
from blazon.store.tables import api_keys, usage
from blazon.store.unreadable import KEYS, UnreadableRecords, check_row, fetch, translate_errors

MAX_NAME: Final = 80
MAX_LIMIT: Final = 1_000_000
_SECRET_BYTES: Final = 32
_WEBHOOK_SECRET_BYTES: Final = 32  # Standard Webhooks asks for 24 to 64
_SEEN_EVERY: Final = 60.0  # seconds
_SENT: Final = re.compile(r"blz_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
# What names a key on the command line: its id, alone or as the beginning of the whole key.
_NAMED: Final = re.compile(r"(?:blz_)?([0-9a-f]{12})(?:_.*)?")
_PREFIX: Final = "blz_"

_active: Final[ColumnElement[bool]] = api_keys.c.revoked_at.is_(None)
_ROWS: Final = select(api_keys).where(api_keys.c.id.in_(KEYS))
_ANY_MADE: Final = select(exists(select(api_keys.c.id)))
_SECRETS: Final = select(
    api_keys.c.hash, api_keys.c.previous_hash, api_keys.c.previous_until, api_keys.c.last_used_at
).where(_active, api_keys.c.id == bindparam("identity"))
_of_day = (usage.c.owner == bindparam("owner_id")) & (usage.c.day == bindparam("today"))
_SPENT: Final = select(usage.c.logos).where(_of_day)
_SPENT_BY_OWNER: Final = select(usage.c.owner, usage.c.logos).where(usage.c.day == bindparam("today"))
_INSERT: Final = insert(usage)
_UPDATE: Final = update(usage).where(_of_day)


@dataclass(frozen=True, slots=True)
class Grant:
    """What a key is called and what it opens.

    Args:
        requests_per_minute, daily_quota: None for no limit; the quota counts logos.
        models: names of those that it may ask for, empty for all.
        weight: its share of the server against that of others.

    Raises:
        InvalidKey: a part cannot be used.
    """

    name: str
    scopes: frozenset[Scope] = frozenset({Scope.GENERATE, Scope.READ})
    requests_per_minute: int | None = None
    daily_quota: int | None = None
    models: tuple[str, ...] = ()
    weight: float = 1.0

    def __post_init__(self) -> None:
        if not (1 <= len(self.name) <= MAX_NAME and self.name.isprintable() and self.name == self.name.strip()):
            raise InvalidKey(f"a name has 1 to {MAX_NAME} printable characters, with no space at its ends")
        if self.name.startswith(_PREFIX) or _NAMED.fullmatch(self.name):
            raise InvalidKey("a name must not look like the id of a key, or like a key")
        if not self.scopes:
            raise InvalidKey("a key needs at least one scope")
        for limit in (self.requests_per_minute, self.daily_quota):
            if limit is not None and not 1 <= limit <= MAX_LIMIT:
                raise InvalidKey(f"a limit is a whole number from 1 to {MAX_LIMIT}; leave it out for none")
        if not (math.isfinite(self.weight) and 0.01 <= self.weight <= 100):
            raise InvalidKey("a weight is a number from 0.01 to 100")
        if not all(model.strip() and model.isprintable() for model in self.models):
            raise InvalidKey("the name of a model is printable text")


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is kept. Moments are seconds since 1970, UTC; `previous_until` ends the secret before the last."""

    id: str
    grant: Grant
    webhook_secret: str = field(repr=False)
    created_at: float
    revoked_at: float | None = None
    last_used_at: float | None = None
    previous_until: float | None = None

    def principal(self) -> Principal:
        """Return the client that this key stands for."""
        return Principal(
            self.id,
            self.grant.name,
            self.grant.scopes,
            self.grant.weight,
            self.grant.requests_per_minute,
            self.grant.daily_quota,
            self.grant.models,
            self.webhook_secret,
        )


class KeyStore:
    """Keeps keys. Threads may share it; other processes may change them at any time.

    Args:
        clock: seconds since 1970.
    """

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock
        self._unreadable = UnreadableRecords(database, "key")

    @retry
    def create(self, grant: Grant) -> tuple[Key, str]:
        """Return a new key, and the text that a client sends, which cannot be had again.

        Raises:
            Conflict: an active key has that name.
        """
        identity, secret = secrets.token_hex(6), secrets.token_urlsafe(_SECRET_BYTES)
        key = Key(
            identity, grant, f"whsec_{b64encode(secrets.token_bytes(_WEBHOOK_SECRET_BYTES)).decode()}", self._clock()
        )
        with self._database.writing() as connection:
            lock(connection, "names of keys")
            if connection.scalar(select(api_keys.c.id).where(_active, api_keys.c.name == grant.name)) is not None:
                raise Conflict(f"an active key is called {grant.name!r}; take another name, or revoke it first")
            connection.execute(insert(api_keys).values(**_row(key), hash=_digest(secret)))
        return key, _text(identity, secret)

    @retry
    def list(self) -> tuple[Key, ...]:
        """Return all keys that can be read, revoked ones too, in the order in which they were made."""
        with self._database.reading() as connection:
            keys = connection.scalars(select(api_keys.c.id).order_by(api_keys.c.created_at, api_keys.c.id)).all()
            rows = {row.id: row for row in fetch(connection, _ROWS, keys)[0]}
        return tuple(key for one in keys if (key := self._try_read(one, rows.get(one))) is not None)

    @retry
    def list_spent(self) -> dict[str, int]:
        """Return how many logos each key asked for today, UTC, by its id; those that asked for none are left out."""
        today = datetime.fromtimestamp(self._clock(), UTC).date().isoformat()
        with self._database.reading() as connection:
            return {row.owner: row.logos for row in connection.execute(_SPENT_BY_OWNER, {"today": today})}

    @retry
    def webhook_secret(self, identity: str) -> str:
        """Return what signs the webhooks of a key, revoked or not; empty if there is no such key."""
        with self._database.reading() as connection:
            return connection.scalar(select(api_keys.c.webhook_secret).where(api_keys.c.id == identity)) or ""

    def get(self, named: str) -> Key:
        """Return the active key with this id or name; the whole key may stand for its id.

        Raises:
            NotFound: there is none.
            UnreadableRecord: it cannot be read by this version of Blazon.
        """
        identity = self._find(named)
        with self._database.reading() as connection:
            return self._read(connection, identity)

    def revoke(self, named: str) -> Key:
        """End a key at once and for good. What it made stays until its time is over, and nobody else can read it.

        Raises:
            NotFound: there is no such active key.
            UnreadableRecord: it is revoked, and cannot be read by this version of Blazon.
        """
        return self._change(self._find(named), revoked_at=self._clock())

    def rotate(self, named: str, grace: float = 0) -> tuple[Key, str]:
        """Give a key another secret; the one that it had works for `grace` seconds more, an older one no more.

        Raises:
            NotFound: there is no such active key.
        """
        key, secret = self.get(named), secrets.token_urlsafe(_SECRET_BYTES)
        changed = self._change(
            key.id,
            hash=_digest(secret),
            previous_hash=api_keys.c.hash if grace else None,
            previous_until=self._clock() + grace if grace else None,
        )
        return changed, _text(key.id, secret)

    @retry
    def authenticate(self, sent: str) -> Principal | None:
        """Return the client whose key was sent; None if it is not one, or no longer one.

        Raises:
            NotAuthenticated: it is one, and cannot be read by this version of Blazon.
        """
        match = _SENT.fullmatch(sent)
        identity, secret = match.groups() if match else ("", "")
        now = self._clock()
        with self._database.reading() as connection:
            row = connection.execute(_SECRETS, {"identity": identity}).first()
            # Two comparisons whatever was found, so that the time tells neither which ids exist nor which were rotated.
            current = _same(row.hash if row else "", secret)
            former = _same((row.previous_hash or "") if row else "", secret)
            if row is None or not (current or (former and now < (row.previous_until or 0))):
                return None
            try:
                key = self._read(connection, identity)
            except UnreadableRecord as error:
                raise NotAuthenticated(str(error)) from None
        self._note_use(identity, row.last_used_at, now)
        return key.principal()

    @retry
    def any_made(self) -> bool:
        """Whether there ever was a key, a revoked one included."""
        with self._database.reading() as connection:
            return bool(connection.scalar(_ANY_MADE))

    @retry
    def _find(self, named: str) -> str:
        found = None
        if named.isprintable():
            match = _NAMED.fullmatch(named)
            this = api_keys.c.id == match[1] if match else api_keys.c.name == named
            with self._database.reading() as connection:
                found = connection.scalar(select(api_keys.c.id).where(_active, this))
        if found is None:
            shown = "" if named.startswith(_PREFIX) else f" {named[:MAX_NAME]!r}"  # a secret is not for the screen
            raise NotFound(f"no active key has that id or name{shown}; blazon keys list shows them")
        return str(found)

    @retry
    def _change(self, identity: str, **values: Any) -> Key:
        with self._database.writing() as connection:
            connection.execute(update(api_keys).where(api_keys.c.id == identity).values(**values))
        with self._database.reading() as connection:
            return self._read(connection, identity)

    def _read(self, connection: Connection, identity: str) -> Key:
        rows, _ = fetch(connection, _ROWS, [identity])
        key = self._try_read(identity, rows[0] if rows else None)
        if key is None:
            raise UnreadableRecord(f"the key {identity} cannot be read by this version of Blazon; make another one")
        return key

    def _try_read(self, identity: str, row: Row[Any] | None) -> Key | None:
        if row is None:
            self._unreadable.note(identity, "the row cannot be decoded")
            return None
        try:
            return translate_errors(lambda: _key(row))
        except UnreadableRecord as error:
            self._unreadable.note(identity, str(error))
            return None

    def _note_use(self, identity: str, last_used_at: object, now: float) -> None:
        """Write when a key was last used, once a minute: each commit waits for the disk. No request waits for others
        that write; it is left out then, and on a full disk, and the next request tries again.
        """
        due = now - _SEEN_EVERY
        if isinstance(last_used_at, float) and last_used_at > due:
            return
        stale = or_(api_keys.c.last_used_at.is_(None), api_keys.c.last_used_at <= due)
        self._database.try_write(update(api_keys).where(api_keys.c.id == identity, stale).values(last_used_at=now))


def _text(identity: str, secret: str) -> str:
    return f"{_PREFIX}{identity}_{secret}"


def _digest(secret: str) -> str:
    # One fast hash, and neither salt nor stretching: OWASP and NIST SP 800-63B ask for slow hashes where people
    # choose the secret, because guesses from a dictionary come true. 256 random bits are in no dictionary, and
    # cannot be found by trying at any speed; NIST takes a plain approved hash for such secrets from 112 bits on.
    return hashlib.sha256(secret.encode()).hexdigest()


def _same(digest: str, secret: str) -> bool:
    return hmac.compare_digest((digest or _NOBODYS).encode(), _digest(secret).encode())


_NOBODYS: Final = "-" * 64  # as long as a digest, and equal to none


def _row(key: Key) -> dict[str, Any]:
    grant = key.grant
    return {
        "id": key.id,
        "name": grant.name,
        "scopes": sorted(grant.scopes),
        "requests_per_minute": grant.requests_per_minute,
        "daily_quota": grant.daily_quota,
        "models": list(grant.models),
        "weight": grant.weight,
        "webhook_secret": key.webhook_secret,
        "created_at": key.created_at,
    }


def _key(row: Row[Any]) -> Key:
    values = check_row(api_keys, row)
    scopes, models = values["scopes"], values["models"]
    if not all(isinstance(given, list) and all(isinstance(one, str) for one in given) for given in (scopes, models)):
        raise ValueError("scopes or models is no list of text")
    grant = Grant(
        row.name,
        frozenset(map(Scope, scopes)),
        row.requests_per_minute,
        row.daily_quota,
        tuple(models),
        row.weight,
    )
    return Key(row.id, grant, row.webhook_secret, row.created_at, row.revoked_at, row.last_used_at, row.previous_until)


def spend_quota(connection: Connection, owner: str, logos: int, quota: int | None, now: float) -> None:
    """Count `logos` against the owner's quota of the day; runs in the caller's transaction.

    Raises:
        ShareExceeded: they would pass `quota`; to be asked again after midnight.
    """
    moment = datetime.fromtimestamp(now, UTC)
    day = moment.date().isoformat()
    this = {"owner_id": owner, "today": day}
    lock(connection, f"quota {owner}")
    spent = connection.scalar(_SPENT, this)
    if quota is not None and (spent or 0) + logos > quota:
        raise ShareExceeded(
            f"the key may ask for {quota} logos a day and {spent or 0} are spent; ask for more after midnight UTC",
            retry_after=_until_midnight(moment),
        )
    if spent is None:
        connection.execute(_INSERT, {"owner": owner, "day": day, "logos": logos})
    else:
        connection.execute(_UPDATE, {**this, "logos": spent + logos})


def _until_midnight(moment: datetime) -> int:
    midnight = (moment + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return max(1, math.ceil((midnight - moment).total_seconds()))
