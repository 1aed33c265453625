import asyncio
from pathlib import Path

import pytest
from PIL import ImageChops

from blazon import ModelManager
from blazon.errors import ModelUnavailable


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORCH_DEVICE", "cpu")
    monkeypatch.setenv("OPTIMIZE", "off")
    monkeypatch.setenv("WARMUP_ENABLED", "false")
    monkeypatch.setenv("MIN_RENDER_SIZE", "64")
    monkeypatch.setattr(ModelManager, "_instance", None)


def test_the_three_calls_of_the_former_service(tiny_flux: Path) -> None:
    async def former_service() -> None:
        manager = await ModelManager.get_instance()
        assert await ModelManager.get_instance() is manager
        await manager.load_model(str(tiny_flux), use_fp16=True)
        call = {"prompt": "a fox", "height": 100, "width": 70, "num_inference_steps": 2, "guidance_scale": 3.5}
        one, other = await asyncio.gather(manager.generate_image(**call), manager.generate_image(**call, seed=1))
        assert one.size == other.size == (70, 100)
        again = await manager.generate_image(**call)
        # Batch mates change the last bit of a float, and so at most one level of a pixel.
        assert max(high for _, high in ImageChops.difference(one, again).getextrema()) <= 2
        assert max(high for _, high in ImageChops.difference(one, other).getextrema()) > 10

    asyncio.run(former_service())


def test_without_a_model_the_call_says_what_to_do() -> None:
    async def hasty() -> None:
        manager = await ModelManager.get_instance()
        with pytest.raises(ModelUnavailable, match="load_model"):
            await manager.generate_image(prompt="a fox")
        with pytest.raises(ModelUnavailable, match="nowhere"):
            await manager.load_model("/nowhere/at/all")

    asyncio.run(hasty())


def test_a_caller_that_gives_up_stops_the_painting(tiny_flux: Path) -> None:
    async def impatient() -> None:
        manager = await ModelManager.get_instance()
        await manager.load_model(str(tiny_flux))
        painting = asyncio.create_task(manager.generate_image("a fox", 64, 64, num_inference_steps=100))
        await asyncio.sleep(0.05)
        painting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await painting
        engine = manager._engine
        assert engine is not None
        while engine.load != (0, 0):
            await asyncio.sleep(0.01)

    asyncio.run(impatient())
