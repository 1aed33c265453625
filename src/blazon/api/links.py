"""Where things are for clients; and links to pictures that work without a key, for a time and for nothing else.

The signature is the HMAC-SHA256 (RFC 2104) of path, query and moment of expiry, under a key that only this
installation knows.
"""

import hashlib
import hmac
import time
from collections.abc import Callable, Iterable
from typing import Final
from urllib.parse import quote, urlencode

from starlette.requests import Request

from blazon.errors import NotAllowed
from blazon.settings import Settings

LIFETIME: Final = 3600  # seconds; as long as those of OpenAI
SIGNATURE: Final = "signature"
_EXPIRES: Final = "expires"
# Every parameter of the route of files: what one of them says is signed, and none can be added.
FILE_PARAMETERS: Final = frozenset(
    {"size", "background", "width", "height", "quality", "variant", "layout", "revision", "metadata", "padding", "dpi"}
)


def path_of(request: Request, path: str) -> str:
    """Return where `path` of this server is for its clients, without scheme and host: below that of `PUBLIC_URL`."""
    return quote(request.scope.get("root_path", "")) + path


def url_of(request: Request, path: str) -> str:
    """Return the whole address of `path` of this server: below `PUBLIC_URL`, or the address that was asked."""
    settings: Settings = request.state.settings
    return (settings.public_url or str(request.base_url)).rstrip("/") + path


class Links:
    """Signs links and checks them.

    Args:
        key: the secret of this installation.
        clock: seconds since 1970.
    """

    def __init__(self, key: bytes, clock: Callable[[], float] = time.time) -> None:
        self._key = key
        self._clock = clock

    def sign(self, path: str, query: Iterable[tuple[str, str]], lifetime: int = LIFETIME) -> str:
        """Return path and query of a link that is good for `lifetime` seconds."""
        whole = [*query, (_EXPIRES, str(int(self._clock()) + lifetime))]
        return f"{path}?{urlencode([*whole, (SIGNATURE, self._signature(path, whole))])}"

    def check(self, path: str, query: Iterable[tuple[str, str]]) -> None:
        """Return if this is a link that was signed here and has not expired.

        Parameters that mean nothing to a file are passed over: mailers and social networks append their own.

        Raises:
            NotAllowed: it is not, or it has.
        """
        pairs = list(query)
        signatures = [value for name, value in pairs if name == SIGNATURE]
        signed = [pair for pair in pairs if pair[0] in FILE_PARAMETERS or pair[0] == _EXPIRES]
        genuine = self._signature(path, signed)
        if len(signatures) != 1 or not hmac.compare_digest(genuine.encode(), signatures[0].encode()):
            raise NotAllowed("this link was not signed by this server, or was changed; use it as it was given")
        if self._clock() >= int(dict(signed)[_EXPIRES]):
            raise NotAllowed("this link has expired; fetch the picture with your key, or ask for it again")

    def _signature(self, path: str, query: list[tuple[str, str]]) -> str:
        what = f"{path}?{urlencode(sorted(query))}"
        return hmac.new(self._key, what.encode(), hashlib.sha256).hexdigest()
