"""How many logos an owner asked for on a day, UTC."""

import math
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from blazon.errors import ShareExceeded
from blazon.store.tables import usage


def spend(connection: Connection, owner: str, logos: int, quota: int | None, now: float) -> None:
    """Count `logos` against the owner's quota of the day; runs in the caller's transaction.

    Raises:
        ShareExceeded: they would pass `quota`; to be asked again after midnight.
    """
    moment = datetime.fromtimestamp(now, UTC)
    day = moment.date().isoformat()
    this = (usage.c.owner == owner) & (usage.c.day == day)
    spent = connection.scalar(select(usage.c.logos).where(this))
    if quota is not None and (spent or 0) + logos > quota:
        raise ShareExceeded(
            f"the key may ask for {quota} logos a day and {spent or 0} are spent; ask for more after midnight UTC",
            retry_after=_until_midnight(moment),
        )
    if spent is None:
        connection.execute(insert(usage).values(owner=owner, day=day, logos=logos))
    else:
        connection.execute(update(usage).where(this).values(logos=spent + logos))


def _until_midnight(moment: datetime) -> int:
    midnight = (moment + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return max(1, math.ceil((midnight - moment).total_seconds()))
