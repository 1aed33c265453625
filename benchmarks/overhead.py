"""What the server costs on top of the engine: a tiny FLUX at 1024 px, three PNG sizes, one request at a time.

`python benchmarks/overhead.py` paints the same picture in turn with a bare step engine in this process, PNGs
included, and through `POST /api/generate_logo` of a real server; what else the machine does falls on both.
"""

import statistics
import tempfile
import time
from pathlib import Path

import httpx
import torch
from _flux import as_model, quiet, tiny_pipeline
from _report import options, report
from _server import server
from _tiny_flux import save_tiny_flux
from PIL import Image

from blazon.brief import DEFAULT_SIZES, Brief
from blazon.diffusion.engine import EngineLimits, StepEngine
from blazon.diffusion.sampling.sequence import DiffusionRequest
from blazon.export.formats import PictureFormat, encode
from blazon.export.resample import resample
from blazon.prompts import enhance

STEPS = 8
_TOKENS = 512  # that a server reads of a prompt
PROMPT = "a coffee roastery by the sea"


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--rounds", type=int, default=40)
    arguments = parser.parse_args()
    rounds = arguments.rounds
    quiet()
    engine = StepEngine(as_model(tiny_pipeline(), max_tokens=_TOKENS), EngineLimits())
    engine.start()
    with tempfile.TemporaryDirectory() as folder:
        model = save_tiny_flux(Path(folder) / "tiny")
        settings = {"ENGINE": "flux", "MODEL_PATH": str(model), "TORCH_DEVICE": "cpu", "OPTIMIZE": "off"}
        with server(**settings, DEFAULT_INFERENCE_STEPS=str(STEPS)) as (url, _), httpx.Client(base_url=url) as client:
            bare, served = [], []
            for seed in range(rounds + 2):
                bare.append(_bare(engine, seed))
                served.append(_served(client, seed))
    engine.stop()
    ours, theirs = statistics.median(served[2:]), statistics.median(bare[2:])
    low, over, high = statistics.quantiles(one - other for one, other in zip(served[2:], bare[2:], strict=True))
    report(
        f"Server over bare engine, tiny FLUX 1024 px, {STEPS} steps, PNGs of {DEFAULT_SIZES}",
        [
            ("bare engine and PNGs, median", f"{1000 * theirs:.0f} ms", ""),
            ("through HTTP, median", f"{1000 * ours:.0f} ms", ""),
            ("server over engine, median of pairs", f"{1000 * over:+.1f} ms", "<= 15 ms"),
            ("  half of the pairs are within", f"{1000 * low:+.1f} to {1000 * high:+.1f} ms", ""),
            ("server over engine", f"{100 * over / theirs:+.1f} %", "<= 3 %"),
        ],
        out=arguments.out,
    )


def _bare(engine: StepEngine, seed: int) -> float:
    started = time.perf_counter()
    request = DiffusionRequest(enhance(Brief(PROMPT)), 1024, 1024, STEPS, 3.5, seed)
    picture = Image.fromarray(engine.submit(request).result())
    for small in resample(picture, DEFAULT_SIZES).values():
        encode(small, PictureFormat.PNG)
    return time.perf_counter() - started


def _served(client: httpx.Client, seed: int) -> float:
    started = time.perf_counter()
    answer = client.post("/api/generate_logo", json={"prompt": PROMPT, "seed": seed}, timeout=120)
    answer.raise_for_status()
    seconds = time.perf_counter() - started
    assert answer.headers["X-Cache"] == "miss"
    return seconds


if __name__ == "__main__":
    torch.set_num_threads(2)
    main()
