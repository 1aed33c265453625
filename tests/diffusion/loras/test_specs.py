from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from blazon.diffusion.loras.specs import LoraSpec, measure_loras, parse_loras


def test_loras_are_read() -> None:
    assert parse_loras("Ink=/loras/ink.safetensors:0.8, retro = retro.safetensors,neg=n.safetensors:-.5") == (
        LoraSpec("ink", Path("/loras/ink.safetensors"), 0.8),
        LoraSpec("retro", Path("retro.safetensors"), 1.0),
        LoraSpec("neg", Path("n.safetensors"), -0.5),
    )
    assert parse_loras(r"ink=C:\loras\ink.safetensors")[0].path == Path(r"C:\loras\ink.safetensors")


@pytest.mark.parametrize(
    ("entry", "complaint"),
    [
        ("ink", "name=path:scale"),
        ("ink=", "name=path:scale"),
        ("=a.safetensors", "name=path:scale"),
        ("in.k=a.safetensors", "is no name"),
        ("ink=a.safetensors:much", "'much' is no scale"),
        ("ink=a.safetensors:nan", "'nan' is no scale"),
        ("ink=a.safetensors:11", "'11' is no scale"),
        ("ink=a.pt:1", "not a .safetensors file"),
        ("ink=a.safetensors,INK=b.safetensors", "two files 'ink'"),
    ],
)
def test_an_entry_that_cannot_be_understood_stops_no_other(entry: str, complaint: str) -> None:
    bad, good = parse_loras(f"{entry}, retro=r.safetensors:0.5")
    assert complaint in bad.problem
    assert "LORAS" in bad.problem
    assert bad.name
    assert good == LoraSpec("retro", Path("r.safetensors"), 0.5)


def test_nothing_between_two_commas_is_no_entry() -> None:
    assert parse_loras("ink=a.safetensors, ,") == parse_loras("ink=a.safetensors")
    assert parse_loras(" ") == ()


def test_what_loras_hold_is_counted_from_their_files_without_those_that_cannot_be_used(tmp_path: Path) -> None:
    for name, rank in (("ink", 4), ("wash", 8)):
        layers = {"a.lora_A.weight": torch.zeros(rank, 10), "a.lora_B.weight": torch.zeros(20, rank)}
        save_file(layers, tmp_path / f"{name}.safetensors")
    (tmp_path / "torn.safetensors").write_bytes(b"no tensors")
    named = (f"{name}={tmp_path / name}.safetensors" for name in ("ink", "wash", "torn", "missing"))
    assert measure_loras(parse_loras(",".join(named))).parameters == (4 + 8) * (10 + 20)
    assert measure_loras(()).parameters == 0
