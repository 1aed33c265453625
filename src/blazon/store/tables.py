"""The tables. A change here needs a migration in `migrations/versions`; a test compares the two.

On PostgreSQL text has the collation "C"; a migration that adds text says so.
"""

from typing import Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

VERSION_TABLE: Final = "blazon_version"  # holds the number of the last migration

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)

generations: Final = Table(
    "generations",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("owner", String(32), nullable=False),
    Column("status", String(16), nullable=False),
    Column("brief", JSON, nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("priority", String(8), nullable=False),
    Column("weight", Float, nullable=False),
    Column("waited_for", Boolean, nullable=False),
    Column("model", String(200), nullable=False),
    Column("created_at", Float, nullable=False),
    Column("started_at", Float),
    Column("finished_at", Float),
    Column("deadline_at", Float),
    Column("expires_at", Float, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("breakdowns", Integer, nullable=False),
    Column("event", Integer, nullable=False),
    Column("cached", Boolean, nullable=False),
    Column("webhook_url", Text, nullable=False),
    Column("failure", JSON),
    Column("interpretation", JSON, nullable=False, server_default="{}"),
    Index(None, "owner", "id"),
    Index(None, "status"),
    Index(None, "expires_at"),
    Index(None, "fingerprint"),
)

candidates: Final = Table(
    "candidates",
    metadata,
    Column("generation", String(32), ForeignKey("generations.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("picture", String(80), nullable=False),
    Column("media_type", String(32), nullable=False),
    Column("model", String(200), nullable=False),
    Column("seed", BigInteger, nullable=False),
    Column("painted", Boolean, nullable=False),
    Column("licence", Text, nullable=False),
    Column("credits", JSON, nullable=False),
    Column("design", JSON),
    Column("bytes", BigInteger, nullable=False),
    Column("event", Integer, nullable=False),
    Column("shows", JSON, nullable=False, server_default="[]"),
    Column("why", Text, nullable=False, server_default=""),
    Column("warnings", JSON, nullable=False, server_default="[]"),
    Index(None, "picture"),
)

# Where servers share a queue: candidates that are still to be drawn. Moments are those of the database's clock.
tasks: Final = Table(
    "tasks",
    metadata,
    Column("generation", String(32), ForeignKey("generations.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("owner", String(32), nullable=False),
    Column("rank", Integer, nullable=False),
    Column("start", Float, nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("twin", Boolean, nullable=False),
    Column("parked", Boolean, nullable=False),
    Column("previews", Boolean, nullable=False),
    Column("due_at", Float, nullable=False),
    Column("deadline", Float),
    Column("holder", String(100)),
    Column("token", Integer, nullable=False),
    Column("expires_at", Float),
    Column("losses", Integer, nullable=False),
    Index(None, "fingerprint", "number"),
)
_held: Final = tasks.c.holder.is_not(None)
_free: Final = tasks.c.holder.is_(None) & ~tasks.c.parked
_dated: Final = tasks.c.deadline.is_not(None)
Index(None, tasks.c.holder, sqlite_where=_held, postgresql_where=_held)
Index(None, tasks.c.start, tasks.c.generation, tasks.c.number, sqlite_where=_free, postgresql_where=_free)
Index(None, tasks.c.owner, tasks.c.rank, tasks.c.start, sqlite_where=_free, postgresql_where=_free)
Index(None, tasks.c.deadline, sqlite_where=_dated, postgresql_where=_dated)

# Where the next place of an owner in that queue begins, in virtual time.
lanes: Final = Table(
    "lanes",
    metadata,
    Column("owner", String(32), primary_key=True),
    Column("finish", Float, nullable=False),
)

# What an `Idempotency-Key` led to. The pair of owner and key is taken once; `request` tells the same from another body.
idempotency: Final = Table(
    "idempotency",
    metadata,
    Column("owner", String(32), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("request", String(64), nullable=False),
    Column("generation", String(32), ForeignKey("generations.id", ondelete="CASCADE"), nullable=False),
    Column("created_at", Float, nullable=False),
    Index(None, "created_at"),
    Index(None, "generation"),
)

# Which generation holds the result of a brief, by its fingerprint; least recently used out.
cache: Final = Table(
    "cache",
    metadata,
    Column("fingerprint", String(64), primary_key=True),
    Column("generation", String(32), ForeignKey("generations.id", ondelete="CASCADE"), nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("used_at", Float, nullable=False),
    Index(None, "generation"),
    Index(None, "used_at"),
)

api_keys: Final = Table(
    "api_keys",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("name", String(80), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("previous_hash", String(64)),
    Column("previous_until", Float),
    Column("scopes", JSON, nullable=False),
    Column("requests_per_minute", Integer),
    Column("daily_quota", Integer),
    Column("models", JSON, nullable=False),
    Column("weight", Float, nullable=False),
    Column("webhook_secret", String(80), nullable=False),
    Column("created_at", Float, nullable=False),
    Column("revoked_at", Float),
    Column("last_used_at", Float),
)

# Logos that a key asked for on a day (`YYYY-MM-DD`, UTC).
usage: Final = Table(
    "usage",
    metadata,
    Column("owner", String(32), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("logos", Integer, nullable=False),
)

# How often keys come, where several servers share the database: when each may come as often at once as any new one.
rates: Final = Table(
    "rates",
    metadata,
    Column("owner", String(32), primary_key=True),
    Column("full_at", Float, nullable=False),
)

# What one of several servers does now and then, and when it is to be done next.
chores: Final = Table(
    "chores",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("due_at", Float, nullable=False),
)

# One row each: what this installation keeps to itself, such as the key that signs links to pictures.
secrets: Final = Table(
    "secrets",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", String(200), nullable=False),
)

# Webhooks: written in the transaction that ends the generation, owed as long as `next_try_at` is set. Until
# `claimed_until` nobody but `claimant` delivers it, or anything else to its receiver.
webhooks: Final = Table(
    "webhooks",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("generation", String(32), nullable=False),
    Column("owner", String(32), nullable=False),
    Column("url", Text, nullable=False),
    Column("receiver", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("next_try_at", Float),
    Column("delivered_at", Float),
    Column("given_up_at", Float),
    Column("error", Text),
    Column("claimant", String(32)),
    Column("claimed_until", Float),
)
_owed: Final = webhooks.c.next_try_at.is_not(None)
# All that the list of what is due reads, in the order in which it is grouped; without what was settled.
Index(
    None,
    webhooks.c.owner,
    webhooks.c.receiver,
    webhooks.c.next_try_at,
    webhooks.c.attempts,
    sqlite_where=_owed,
    postgresql_where=_owed,
)
_claimed: Final = webhooks.c.claimed_until.is_not(None)
Index("ix_webhooks_claims", webhooks.c.owner, webhooks.c.receiver, sqlite_where=_claimed, postgresql_where=_claimed)

# Records that a version of Blazon could not read, so that it does not try again; another version does.
unreadable: Final = Table(
    "unreadable",
    metadata,
    Column("kind", String(20), primary_key=True),
    Column("id", String(80), primary_key=True),
    Column("version", String(40), nullable=False),
    Column("reason", Text, nullable=False),
    Column("found_at", Float, nullable=False),
)
