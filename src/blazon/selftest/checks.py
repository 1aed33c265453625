"""The checks: what a client relies on, one function each."""

import base64
import binascii
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from typing import Any, Final

from PIL import Image, ImageChops, ImageStat

from blazon.selftest.client import PROMPT, CheckFailed, Client, NobodyAnswers, at_once, draw, expect

_SLOW_HEALTH: Final = 1.0  # seconds; /health is to answer at once, whatever the GPU is doing
_SAME: Final = 3.0  # mean difference, of 255 levels, up to which two small pictures show the same
_MEMORY: Final = ("memory_allocated_gb", "memory_reserved_gb", "memory_total_gb")


def pictures(document: Mapping[str, Any], sizes: Sequence[int]) -> list[Image.Image]:
    """Return the pictures of an answer, one for each of `sizes`.

    Raises:
        CheckFailed: sizes, order, base64, format or pixels are not what was asked for.
    """
    expect(document.get("sizes") == list(sizes), f"sizes are {document.get('sizes')}, not {list(sizes)}")
    images = document.get("images")
    expect(isinstance(images, dict), "there are no images")
    names = [str(size) for size in sizes]
    expect(list(dict(images or {})) == names, f"images are named {list(dict(images or {}))}, not {names}")
    return [_picture(dict(images or {})[str(size)], size) for size in sizes]


def _picture(data: object, size: int) -> Image.Image:
    try:
        picture = Image.open(BytesIO(base64.b64decode(str(data), validate=True)))
        picture.load()
    except (binascii.Error, OSError, SyntaxError, Image.DecompressionBombError):
        raise CheckFailed(f"size {size} is not a picture in base64") from None
    expect(picture.format == "PNG", f"size {size} is {picture.format}, not PNG")
    expect(picture.size == (size, size), f"size {size} is {picture.width} x {picture.height} pixels")
    flat = Image.new("RGBA", picture.size, "white")
    flat.alpha_composite(picture.convert("RGBA"))
    expect(any(low != high for low, high in flat.convert("RGB").getextrema()), f"size {size} is one flat colour")  # type: ignore[misc]
    return flat.convert("RGB")


def difference(one: Image.Image, other: Image.Image) -> float:
    """Return how far two pictures are apart at 64 x 64 pixels: the mean of the worst channel, of 255 levels."""
    small = [picture.convert("RGB").resize((64, 64), Image.Resampling.LANCZOS) for picture in (one, other)]
    return max(ImageStat.Stat(ImageChops.difference(*small)).mean)


# The checks


def check_ready(client: Client) -> str:
    """`/health` says that a model is loaded."""
    answer = client.get("/health")
    body = answer.json()
    told = body.get("error") or body.get("status")
    expect(answer.status == 200, f"/health answers {answer.status}: {told}")
    expect(body.get("status") == "healthy" and body.get("model_loaded") is True, f"/health says {told!r}")
    return f"model {body.get('model')}"


def check_health(client: Client) -> str:
    """`/health` has the fields of the contract."""
    body = client.get("/health").json()
    for name, kind in (("model", str), ("environment", str), ("gpu", dict)):
        expect(isinstance(body.get(name), kind) and bool(body[name]), f"{name!r} is missing, empty or of another type")
    gpu = body["gpu"]
    expect(isinstance(gpu.get("gpu_available"), bool), "gpu_available is neither true nor false")
    expect(gpu.get("device_type") in ("cuda", "mps", "cpu"), f"device_type is {gpu.get('device_type')!r}")
    expect(gpu["gpu_available"] == (gpu["device_type"] != "cpu"), "gpu_available and device_type contradict each other")
    if gpu["device_type"] == "cuda":
        lacking = [name for name in _MEMORY if not isinstance(gpu.get(name), int | float)]
        expect(bool(gpu.get("device_name")) and not lacking, f"gpu lacks {', '.join(lacking) or 'device_name'}")
    return f"environment {body['environment']}"


def check_device(client: Client, require_cuda: bool = False) -> str:
    """Tell what draws; without a CUDA device that is a failure if one is required."""
    gpu = client.get("/health").json().get("gpu") or {}
    device = gpu.get("device_type", "unknown")
    expect(device == "cuda" or not require_cuda, f"it draws on {device}, not on CUDA")
    if device != "cuda":
        return str(device)
    used, total = (float(gpu.get(name, 0)) for name in ("memory_allocated_gb", "memory_total_gb"))
    return f"{gpu.get('device_name')}, {used:.1f} of {total:.1f} GB in use"


def check_greeting(client: Client) -> str:
    """`GET /` greets programs with JSON."""
    body = client.get("/").json()
    expect(bool(body.get("message") and body.get("version")), "message or version is missing")
    expect((body.get("status"), body.get("docs")) == ("healthy", "/docs"), f"status or docs are wrong in {body}")
    return f"version {body['version']}"


def check_first_logo(client: Client) -> str:
    """A logo in the default sizes; the first one after a start may take longer."""
    start = time.perf_counter()
    pictures(draw(client), (256, 512, 1024))
    return f"in {time.perf_counter() - start:.2f} s"


def check_format(client: Client) -> str:
    """The answer has exactly the keys of the contract; fields that nobody knows are ignored."""
    body = draw(client, f"  {PROMPT}\n", [128], no_such_field={"ignored": True})
    keys = ["message", "prompt", "images", "sizes", "model"]
    expect(sorted(body) == sorted(keys), f"the keys are {sorted(body)}, not {sorted(keys)}")
    expect(body["message"] == "Logo generated successfully!", f"the message is {body['message']!r}")
    expect(body["prompt"] == PROMPT, f"the prompt is told as {body['prompt']!r}, not stripped as it was given")
    expect(isinstance(body["model"], str) and bool(body["model"]), "the model is not told")
    pictures(body, [128])
    return f"drawn by {body['model']}"


def check_single_size(client: Client) -> str:
    """One size, also one that no model paints, comes in exactly its pixels."""
    for size in (64, 100):
        pictures(draw(client, sizes=[size]), [size])
    return "64 and 100 pixels, exactly"


def check_several_sizes(client: Client) -> str:
    """Several sizes come in the order asked and show the same logo; those out of range are dropped."""
    large, *others = pictures(draw(client, sizes=[512, 63, 100, 2049, 256]), [512, 100, 256])
    apart = max(difference(large, other) for other in others)
    expect(apart <= _SAME, f"the sizes show different pictures ({apart:.1f} levels apart)")
    return "512, 100, 256 in this order, one logo"


def check_refusals(client: Client) -> str:
    """What cannot be drawn is answered 422 in FastAPI's form."""
    wishes: dict[str, object] = {
        "a blank prompt": {"prompt": "   "},
        "a prompt of 2 characters": {"prompt": "ab"},
        "a prompt of 501 characters": {"prompt": "x" * 501},
        "no prompt": {"sizes": [64]},
        "sizes of which none is in range": {"prompt": PROMPT, "sizes": [63, 2049]},
        "a size in words": {"prompt": PROMPT, "sizes": ["large"]},
    }
    for what, wish in wishes.items():
        answer = client.post(wish)
        expect(answer.status == 422, f"{what} is answered {answer.status}, not 422")
        detail = answer.json().get("detail")
        faults = detail if isinstance(detail, list) else [None]
        told = all(isinstance(fault, dict) and {"loc", "msg", "type"} <= fault.keys() for fault in faults)
        expect(bool(faults) and told, f"{what} is refused without a list of faults as detail")
    return f"{len(wishes)} kinds of wrong request, 422 each"


def check_unknown_path(client: Client) -> str:
    """A path that is not there is answered 404, as JSON."""
    answer = client.get("/api/no-such-path")
    expect(answer.status == 404, f"it is answered {answer.status}, not 404")
    expect("detail" in answer.json(), "the answer has no detail")
    return "404"


def check_request_id(client: Client) -> str:
    """Every answer carries `X-Request-ID`, a client's own if there is one."""
    own = "selftest-7.Z_1"
    given = {"X-Request-ID": own}
    answers = client.get("/health", given), client.get("/no-such-path", given), client.post({}, given)
    for answer in answers:
        told = answer.headers.get("x-request-id")
        expect(told == own, f"{own!r} came back as {told!r} on a {answer.status}")
    made = [client.get("/health").headers.get("x-request-id") for _ in range(2)]
    expect(all(made) and made[0] != made[1], f"requests without an id get {made}")
    return "kept, also on errors"


def check_concurrent(client: Client, count: int = 4) -> str:
    """Requests at the same time are all answered, and `/health` answers meanwhile."""
    sizes = [128 + 16 * number for number in range(count)]

    def one(number: int) -> list[Image.Image]:
        return pictures(draw(client, f"{PROMPT}, number {number}", [sizes[number]]), [sizes[number]])

    start, worst = time.perf_counter(), 0.0
    futures = at_once(count, one)
    while not all(future.done() for future in futures):
        asked = time.perf_counter()
        status = client.get("/health").status
        worst = max(worst, time.perf_counter() - asked)
        expect(status == 200, f"/health answers {status} while logos are drawn")
        time.sleep(0.05)
    for future in futures:
        future.result()
    expect(worst <= _SLOW_HEALTH, f"/health took {worst:.1f} s while logos were drawn")
    return f"{count} in {time.perf_counter() - start:.2f} s; /health within {worst * 1000:.0f} ms"


Check = Callable[[Client], str]


def checks(*, require_cuda: bool = False, concurrent: int = 4) -> dict[str, Check]:
    """Return all checks by name, in the order in which they make sense."""
    return {
        "ready": check_ready,
        "health": check_health,
        "device": partial(check_device, require_cuda=require_cuda),
        "greeting": check_greeting,
        "first logo": check_first_logo,
        "format": check_format,
        "single size": check_single_size,
        "several sizes": check_several_sizes,
        "refusals": check_refusals,
        "unknown path": check_unknown_path,
        "request id": check_request_id,
        "concurrent": partial(check_concurrent, count=concurrent),
    }


@dataclass(frozen=True, slots=True)
class Result:
    """How a check ended: what it saw, or why it failed."""

    name: str
    ok: bool
    detail: str
    seconds: float


def examine(client: Client, chosen: Mapping[str, Check]) -> Iterator[Result]:
    """Run checks one after the other; after a failed `ready` no other makes sense, and none is run."""
    for name, check in chosen.items():
        start = time.perf_counter()
        try:
            ok, detail = True, check(client)
        except (CheckFailed, NobodyAnswers) as reason:
            ok, detail = False, str(reason)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            ok, detail = False, f"the answer is not of the form that clients expect ({type(error).__name__}: {error})"
        yield Result(name, ok, detail, round(time.perf_counter() - start, 3))
        if name == "ready" and not ok:
            return
