"""Exit with 0 while the server of this container is ready to draw, otherwise print why not and exit with 1.

An image without curl still has Python. PORT is the setting of the server.
"""

import http.client
import os
import sys

TIMEOUT = 4.0  # seconds; less than that of HEALTHCHECK, so that the reason is told


def find_problem(port: int) -> str | None:
    """Return why the server at this port of this machine is not ready, None if it is."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
    try:
        connection.request("GET", "/health/ready")
        answer = connection.getresponse()
        return None if answer.status == 200 else f"{answer.status} {answer.read(1000).decode(errors='replace')}"
    except (OSError, http.client.HTTPException) as error:
        return f"no answer on port {port}: {error}"
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(find_problem(int(os.environ.get("PORT") or 7860)))
