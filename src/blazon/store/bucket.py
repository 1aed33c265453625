"""Buckets of S3 and of what speaks its language (MinIO, R2), and those of Google and Azure: how they are opened, and
what their errors mean.

The environment says who we are, as it does for every tool of AWS (`AWS_ACCESS_KEY_ID`, `AWS_REGION`,
`AWS_ENDPOINT_URL`); what stands behind the `?` of a URL says it for this one bucket, and has the last word.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from obstore.store import ObjectStore, from_url

_ENVIRONMENT: Final = {"gs": "GOOGLE_", "az": "AZURE_", "abfs": "AZURE_", "abfss": "AZURE_", "azure": "AZURE_"}
# Options of the connection, which obstore takes apart from those of the bucket.
_CLIENT: Final = (
    "allow_http allow_invalid_certificates connect_timeout default_content_type http1_only http2_keep_alive_interval"
    " http2_keep_alive_timeout http2_keep_alive_while_idle http2_max_frame_size http2_only pool_idle_timeout"
    " pool_max_idle_per_host proxy_ca_certificate proxy_excludes proxy_url randomize_addresses read_timeout"
    " root_certificate timeout user_agent"
).split()
# Who gives the address of a server as http:// wants plain HTTP; where none is given it is AWS, and HTTPS.
_USUAL: Final = {"allow_http": "true", "connect_timeout": "3s"}

_CODE: Final = re.compile(r"<Code>(\w+)</Code>")
_STATUS: Final = re.compile(r"status code: (\d{3})")
# Where a machine of a cloud asks who it is, if the environment does not say it.
_METADATA: Final = ("169.254.", "/latest/api/token", "/latest/meta-data/")
_HALF_A_KEY: Final = ("Missing AccessKeyId", "Missing SecretAccessKey")
_NO_ANSWER: Final = ("error sending request", "error decoding response body", "operation timed out", "HTTP error")
_KEYS: Final = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a bucket is waited for.

    Args:
        request: seconds for one request, if `timeout` of the URL or of the environment does not say it.
        retries: how often one that failed by the server or the network is made again, with growing pauses.
        total: seconds after which none is made again.
        firm: whether `request` is meant whatever they say.
    """

    request: float
    retries: int
    total: float
    firm: bool = False


FOR_WORK: Final = Patience(request=20, retries=4, total=15)  # a painting of 10 MB at 4 Mbit/s
FOR_A_LOOK: Final = Patience(request=3, retries=1, total=3, firm=True)


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a bucket did not do what it was asked for, in words without hosts and secrets.

    Args:
        lasting: whether it stays so until somebody changes a setting, or the bucket.
    """

    text: str
    lasting: bool = True


_NO_BUCKET: Final = Cause("the bucket of STORAGE_URL does not exist; make it, or name another one")
_REFUSED: Final = Cause(
    f"the bucket refuses the key of {_KEYS}, which needs the rights to get, put, delete and list objects"
)
_WRONG_REGION: Final = Cause("the bucket of STORAGE_URL is in another region; see AWS_REGION")
_NO_KEY: Final = Cause(f"there is no whole key for the bucket of STORAGE_URL; set {_KEYS}")
_SILENT: Final = Cause("the server of the bucket does not answer; see STORAGE_URL, AWS_ENDPOINT_URL", lasting=False)
_BUSY: Final = Cause("the server of the bucket is out of order, or asks to be asked less", lasting=False)
_FULL: Final = Cause("no room is left for the bucket", lasting=False)
_CODES: Final[Mapping[str, Cause]] = {
    "NoSuchBucket": _NO_BUCKET,
    "InvalidAccessKeyId": Cause("the server of the bucket does not know AWS_ACCESS_KEY_ID"),
    "SignatureDoesNotMatch": Cause("AWS_SECRET_ACCESS_KEY does not belong to AWS_ACCESS_KEY_ID"),
    "ExpiredToken": Cause("AWS_SESSION_TOKEN has expired; set a new one, with its key"),
    "InvalidToken": Cause("AWS_SESSION_TOKEN does not belong to AWS_ACCESS_KEY_ID"),
    "RequestTimeTooSkewed": Cause(
        "the clocks of this machine and of the server of the bucket differ by more than a quarter of an hour; set them",
        lasting=False,
    ),
    "AccessDenied": _REFUSED,
    "PermanentRedirect": _WRONG_REGION,
    "AuthorizationHeaderMalformed": _WRONG_REGION,
    "IllegalLocationConstraintException": _WRONG_REGION,
    "XMinioStorageFull": _FULL,
    "QuotaExceeded": _FULL,
}
_STATUSES: Final[Mapping[str, Cause]] = {"401": _REFUSED, "403": _REFUSED}


def open_bucket(url: str, patience: Patience = FOR_WORK) -> ObjectStore:
    """Return the bucket at a URL, to which nothing is sent yet.

    Raises:
        obstore.exceptions.BaseError, ValueError: the URL or one of its options cannot be used.
    """
    parts = urlsplit(url)
    if parts.scheme.lower() == "memory":
        return from_url(url)
    options = _read_options(parts.query)
    prefix = _ENVIRONMENT.get(parts.scheme.lower(), "AWS_")
    bound = {"timeout": f"{patience.request:g}s"}
    client: dict[str, Any] = {**_USUAL, **bound}
    client |= {name: value for name in _CLIENT if (value := os.environ.get(prefix + name.upper()))}
    client |= {name: options.pop(name) for name in _CLIENT if name in options}
    client |= bound if patience.firm else {}
    retries = {"max_retries": patience.retries, "retry_timeout": timedelta(seconds=patience.total)}
    given: dict[str, Any] = {"client_options": client, "retry_config": retries, **options}
    return from_url(parts._replace(query="").geturl(), **given)


def _read_options(query: str) -> dict[str, str]:
    try:
        return dict(parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query)))
    except ValueError:
        raise ValueError("what stands behind the ? of the URL is name=value, with & between") from None


def find_cause(error: BaseException) -> Cause | None:
    """Return why a bucket failed; None if what failed was none, or only an object is missing."""
    text = str(error).partition("Debug source")[0]
    code, status = _CODE.search(text), _STATUS.search(text)
    if any(sign in text for sign in (*_METADATA, *_HALF_A_KEY)):
        return _NO_KEY
    if "redirect" in text:
        return _WRONG_REGION
    if code and code[1] in _CODES:
        return _CODES[code[1]]
    if status and status[1] in _STATUSES:
        return _STATUSES[status[1]]
    if status and status[1] >= "500":
        return _BUSY
    if status is None and any(sign in text for sign in _NO_ANSWER):
        return _SILENT
    return None
