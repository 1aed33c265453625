"""How many logos an owner asked for on a day, UTC."""

import math
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, bindparam, insert, select, update

from blazon.errors import ShareExceeded
from blazon.store.tables import usage

_of_day = (usage.c.owner == bindparam("owner_id")) & (usage.c.day == bindparam("today"))
_SPENT: Final = select(usage.c.logos).where(_of_day)
_INSERT: Final = insert(usage)
_UPDATE: Final = update(usage).where(_of_day)


def spend(connection: Connection, owner: str, logos: int, quota: int | None, now: float) -> None:
    """Count `logos` against the owner's quota of the day; runs in the caller's transaction.

    Raises:
        ShareExceeded: they would pass `quota`; to be asked again after midnight.
    """
    moment = datetime.fromtimestamp(now, UTC)
    day = moment.date().isoformat()
    this = {"owner_id": owner, "today": day}
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
