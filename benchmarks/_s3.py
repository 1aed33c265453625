"""A real S3 server for tests: moto's, in a process of its own, with buckets that are only in its memory."""

import itertools
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from urllib.parse import urlencode

from _ports import free_port

_WITH_RIGHTS: Final = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'


class S3Server:
    """An S3 server on loopback. It takes every key, until `ask_for_keys`."""

    key: str = "AKIAIOSFODNN7EXAMPLE"
    secret: str = "hush/hush+hush"  # with characters that a URL escapes

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = itertools.count()
        self._port = free_port()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which programs find it."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": self.key,
            "AWS_SECRET_ACCESS_KEY": self.secret,
        }

    def start(self) -> None:
        """Start it, with nothing in it, and wait until it answers."""
        command = [sys.executable, "-m", "moto.server", "--host", "127.0.0.1", "--port", str(self._port)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 60
        while True:
            try:
                return self._ask("GET", "/moto-api/")
            except OSError:
                assert self._process.poll() is None, "the S3 server ended; is moto installed?"
                assert time.monotonic() < until, "the S3 server does not answer"
                time.sleep(0.02)

    def stop(self) -> None:
        """End it; what was in it is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(30)
            self._process = None

    def pause(self) -> None:
        """Let it answer nothing, with its port open, until `go_on`."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._signal(signal.SIGCONT)

    def create_bucket(self, name: str = "") -> str:
        """Make a bucket and return its name."""
        name = name or f"test-{next(self._numbers)}"
        self._ask("PUT", f"/{name}")
        return name

    def url(self, bucket: str, **options: str) -> str:
        """Return the URL of a folder in a bucket, with address and key."""
        given = {"endpoint": self.endpoint, "access_key_id": self.key, "secret_access_key": self.secret, **options}
        return f"s3://{bucket}/logos?{urlencode(given)}"

    def ask_for_keys(self) -> tuple[str, str]:
        """Refuse from now on who has no key of an account with rights, and return such a key with its secret."""
        from botocore.session import get_session

        iam = get_session().create_client(
            "iam",
            "us-east-1",
            endpoint_url=self.endpoint,
            aws_access_key_id=self.key,
            aws_secret_access_key=self.secret,
        )
        iam.create_user(UserName="blazon")
        made = iam.create_access_key(UserName="blazon")["AccessKey"]
        iam.put_user_policy(UserName="blazon", PolicyName="all", PolicyDocument=_WITH_RIGHTS)
        self._ask("POST", "/moto-api/reset-auth", b"0")
        return made["AccessKeyId"], made["SecretAccessKey"]

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def _ask(self, method: str, path: str, body: bytes | None = None) -> None:
        asked = urllib.request.Request(self.endpoint + path, body, {"Content-Type": "text/plain"}, method=method)
        urllib.request.urlopen(asked, timeout=10).close()


@contextmanager
def run_s3() -> Iterator[S3Server]:
    """Run an S3 server until the context ends."""
    server = S3Server()
    try:
        server.start()
        yield server
    finally:
        server.stop()
