"""Write the tables of memory plans and of models by card into the documentation; tests check that they are current."""

from pathlib import Path
from typing import Final

from blazon.diffusion.catalogue.recommendation import OTHERS, RECOMMENDED, list_alternatives, recommend
from blazon.diffusion.memory.footprint import FLUX_DEV, GB, ModelSize
from blazon.diffusion.memory.plan import MemoryBudget, describe_encoder, describe_vae, describe_weights, plan

PAGE: Final = Path(__file__).parents[1] / "docs/how-to/run-flux.md"
CARD_PAGE: Final = Path(__file__).parents[1] / "docs/gpu.md"
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


_CARD_COLUMNS: Final = "free GPU memory | `MODEL_NAME=auto` takes | transformer | text encoder | batch | also fits"
_CARD_HEAD: Final = f"| {_CARD_COLUMNS} |"
# Of the others, those that are of another architecture or size: their bases fit where they fit.
_SHOWN: Final = (*RECOMMENDED, *OTHERS[:3])


def card_table(host: int = 64) -> str:
    """Return what is recommended for common cards as a Markdown table, with `host` gigabytes of free host memory."""
    rows = [_CARD_HEAD, "|---:|---|---|---|---:|---|"]
    for card in CARDS:
        memory = MemoryBudget("cuda", int(card * GB), int(host * GB))
        chosen = recommend(memory)
        form = chosen.plan.form
        others = [found for found in list_alternatives(memory) if found.model in _SHOWN]
        also = ", ".join(f"{_shorten(found.model)} in {describe_weights(found.form).split()[0]}" for found in others)
        cells = (f"{card} GB", _shorten(chosen.name), describe_weights(form).split()[0], describe_encoder(form))
        rows.append(f"| {' | '.join((*cells, str(chosen.plan.batch), also or '-'))} |")
    return "\n".join(rows) + "\n"


def _shorten(name: str) -> str:
    return name.partition("/")[2]


def write() -> None:
    """Put the tables in the places of those in the pages."""
    for page, head, table in ((PAGE, _HEAD, memory_table()), (CARD_PAGE, _CARD_HEAD, card_table())):
        before, _, rest = page.read_text(encoding="utf-8").partition(head)
        after = rest[rest.index("\n\n") + 1 :]
        page.write_text(before + table + after, encoding="utf-8")


if __name__ == "__main__":
    write()
