"""What is known of where things are kept."""

import asyncio
import shutil
import threading

import pytest

from blazon.serve.telemetry.storage import StorageWatch

WAIT = 60.0


def test_a_look_tells_the_disks_and_what_is_wrong(tmp_path):
    problems = ["no room", ""]
    watch = StorageWatch({"database": tmp_path, "pictures": tmp_path / "gone"}, lambda: problems.pop(0))
    assert (watch.writable, watch.disks) == (True, {})
    watch.look()
    assert not watch.writable
    assert watch.disks.keys() == {"database"}  # what cannot be read is left out: 0 would be a lie
    assert watch.disks["database"].size == shutil.disk_usage(tmp_path).total
    assert 0 < watch.disks["database"].free <= watch.disks["database"].size
    watch.look()
    assert watch.writable


def test_while_a_look_hangs_nothing_counts_as_writable(tmp_path, until):
    now, hanging, go = [0.0], threading.Event(), threading.Event()

    def hang() -> str:
        hanging.set()
        assert go.wait(WAIT)
        return ""

    watch = StorageWatch({}, hang, lambda: now[0])
    thread = threading.Thread(target=watch.look)
    thread.start()
    try:
        assert hanging.wait(WAIT)
        assert watch.writable
        now[0] = 11.0
        assert not watch.writable
    finally:
        go.set()
        thread.join()
    assert watch.writable


def test_a_look_that_breaks_is_over_and_the_next_one_is_made(tmp_path):
    def break_down() -> str:
        raise RuntimeError("broken")

    now = [0.0]
    watch = StorageWatch({}, break_down, lambda: now[0])
    with pytest.raises(RuntimeError):
        watch.look()
    now[0] = 100.0
    assert watch.writable


def test_it_is_looked_again_and_again():
    looks, enough = [], asyncio.Event()

    async def main() -> None:
        loop = asyncio.get_running_loop()

        def find() -> str:
            looks.append(1)
            if len(looks) == 3:
                loop.call_soon_threadsafe(enough.set)
            return ""

        task = asyncio.create_task(StorageWatch({}, find).run(every=0.0))
        await asyncio.wait_for(enough.wait(), WAIT)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(main())
