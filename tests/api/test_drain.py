"""The way out of a server process, with real signals: who is answered, what is refused, how it ends."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from blazon.serve.process.exit import REPLACE_ME

# A server with one piece of slow work, which ends when it is told to or when it is given up.
SERVER = """
    import asyncio, sys
    from fastapi import FastAPI
    from fastapi.responses import JSONResponse
    from blazon.api.server import http_server
    from blazon.serve.process.launch import listen
    from blazon.serve.process.shutdown import Shutdown
    from blazon.serve.process.exit import leave
    from blazon.settings import Settings

    drain, app, done = Shutdown(float(sys.argv[1]), debounce=0), FastAPI(), asyncio.Event()

    @app.post("/work")
    async def work():
        if drain.draining:
            return JSONResponse({}, 503, {"Retry-After": "5"})
        print("working", flush=True)
        await done.wait()
        return {"given up": given_up}

    @app.get("/state")
    async def state():
        return {"draining": drain.draining}

    @app.post("/finish")
    async def finish():
        done.set()

    @app.post("/poison")
    async def poison():
        drain.replace("poisoned")

    given_up = []
    drain.on_limit(lambda: (given_up.append(True), done.set()))
    listener = listen("127.0.0.1", 0)
    print(listener.getsockname()[1], flush=True)
    http_server(app, Settings.load(None), drain, lambda: print("serving", flush=True)).run(sockets=[listener])
    leave(drain.exit_code)
"""


@pytest.fixture
def server() -> Iterator[Callable[[float], tuple[subprocess.Popen[str], httpx.Client]]]:
    processes = []

    def start(limit: float) -> tuple[subprocess.Popen[str], httpx.Client]:
        process = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(SERVER), str(limit)], stdout=subprocess.PIPE, text=True
        )
        port = int(process.stdout.readline())
        client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, headers={"Connection": "close"})
        processes.append((process, client))
        assert process.stdout.readline() == "serving\n"
        return process, client

    yield start
    for process, client in processes:
        client.close()
        process.kill()
        process.communicate()


@pytest.fixture
def beside() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor() as pool:
        yield pool


@pytest.mark.skipif(sys.platform == "win32", reason="no such signals")
def test_while_it_drains_the_state_is_told_and_new_work_refused(server, beside):
    process, client = server(60)
    under_way = beside.submit(client.post, "/work")
    process.stdout.readline()
    os.kill(process.pid, signal.SIGTERM)
    while not client.get("/state").json()["draining"]:
        time.sleep(0.02)
    refused = client.post("/work")  # on a new connection, as all here
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    assert not under_way.done()
    client.post("/finish")
    assert under_way.result().json() == {"given up": []}
    assert process.wait(60) == 0


def test_at_the_limit_work_is_given_up_and_its_client_told(server, beside):
    process, client = server(0.2)
    under_way = beside.submit(client.post, "/work")
    process.stdout.readline()
    process.terminate()
    assert under_way.result().json() == {"given up": [True]}
    assert process.wait(60) == 0


def test_a_second_signal_waits_for_nobody(server, beside):
    process, client = server(3600)
    under_way = beside.submit(client.post, "/work")
    process.stdout.readline()
    process.terminate()
    while not client.get("/state").json()["draining"]:
        time.sleep(0.02)
    process.terminate()
    assert process.wait(60) == 0
    with pytest.raises(httpx.TransportError):
        under_way.result()


def test_a_poisoned_process_answers_who_waits_and_asks_to_be_replaced(server, beside):
    process, client = server(3600)
    under_way = beside.submit(client.post, "/work")
    process.stdout.readline()
    assert client.post("/poison").status_code == 200
    assert under_way.result().json() == {"given up": [True]}
    assert process.wait(60) == REPLACE_ME
