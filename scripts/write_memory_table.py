"""Write the table of memory plans into the documentation; a test checks that it is up to date."""

from pathlib import Path
from typing import Final

from blazon.diffusion.footprint import FLUX_DEV, GB, ModelSize
from blazon.diffusion.memory import MemoryBudget, describe_encoder, describe_vae, describe_weights, plan

PAGE: Final = Path(__file__).parents[1] / "docs/how-to/run-flux.md"
CARDS: Final = (8, 12, 16, 24, 48, 80, 141)
"""Memory of common GPUs in gigabytes."""

_COLUMNS: Final = "free GPU memory | transformer | text encoder | VAE | offload | batch at 1024² | GPU peak | host peak"
_HEAD: Final = f"| {_COLUMNS} |"


def memory_table(model: ModelSize = FLUX_DEV, host: int = 64) -> str:
    """Return the plans for common GPUs as a Markdown table, with `host` gigabytes of free host memory."""
    rows = [_HEAD, "|---:|---|---|---|---|---:|---:|---:|"]
    for card in CARDS:
        chosen = plan(model, MemoryBudget("cuda", int(card * GB), int(host * GB)))
        form = chosen.form
        vae = describe_vae(form).removeprefix("VAE ")
        cells = (f"{card} GB", describe_weights(form), describe_encoder(form), vae, form.offload.value)
        peaks = (f"{chosen.batch}", f"{chosen.device_bytes / GB:.1f} GB", f"{chosen.host_bytes / GB:.1f} GB")
        rows.append(f"| {' | '.join((*cells, *peaks))} |")
    return "\n".join(rows) + "\n"


def write() -> None:
    """Put the table in the place of the one in the page."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(_HEAD)
    after = rest[rest.index("\n\n") + 1 :]
    PAGE.write_text(before + memory_table() + after, encoding="utf-8")


if __name__ == "__main__":
    write()
