from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from blazon.diffusion.loras.specs import LoraSpec, count_numbers, find_problem, measure_loras, parse_loras
from blazon.errors import ModelUnavailable


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


@pytest.mark.parametrize(
    ("shapes", "numbers"),
    [
        ({"transformer.q.lora_A.weight": (4, 64), "transformer.q.lora_B.weight": (32, 4)}, 4 * 96),
        (
            {"lora_unet_q.lora_down.weight": (4, 64), "lora_unet_q.lora_up.weight": (32, 4), "lora_unet_q.alpha": ()},
            384,
        ),
        ({"lora_te1_q.lora_down.weight": (4, 64), "lora_te1_q.lora_up.weight": (32, 4)}, 0),
        ({"q.lokr_w1": (2, 4), "q.lokr_w2_a": (16, 2), "q.lokr_w2_b": (2, 16)}, 8 + 16 * 16),
        ({"q.hada_w1_a": (64, 2), "q.hada_w1_b": (2, 64), "q.hada_w2_a": (64, 2), "q.hada_w2_b": (2, 64)}, 4 * 128),
        ({"q.hada_w1_a": (8, 4), "q.hada_w1_b": (4, 8), "q.hada_w2_a": (8, 4), "q.hada_w2_b": (4, 8)}, 8 * 8),
    ],
)
def test_the_memory_of_a_lora_is_known_from_its_header(
    shapes: dict[str, tuple[int, ...]], numbers: int, tmp_path: Path
) -> None:
    save_file({name: torch.zeros(shape) for name, shape in shapes.items()}, tmp_path / "x.safetensors")
    assert count_numbers(tmp_path / "x.safetensors") == numbers


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff" * 8 + b"{}",
        (200_000).to_bytes(8, "little") + b"[" * 200_000,
        b"PK\x03\x04" + b"\0" * 100,
        (2).to_bytes(8, "little") + b"{}" + b"more",
    ],
)
def test_what_is_no_lora_file_is_damaged(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "x.safetensors").write_bytes(content)
    assert "damaged" in find_problem(LoraSpec("x", tmp_path / "x.safetensors"))
    with pytest.raises(ModelUnavailable, match="damaged"):
        count_numbers(tmp_path / "x.safetensors")


def test_what_loras_hold_is_counted_from_their_files_without_those_that_cannot_be_used(tmp_path: Path) -> None:
    for name, rank in (("ink", 4), ("wash", 8)):
        layers = {"a.lora_A.weight": torch.zeros(rank, 10), "a.lora_B.weight": torch.zeros(20, rank)}
        save_file(layers, tmp_path / f"{name}.safetensors")
    (tmp_path / "torn.safetensors").write_bytes(b"no tensors")
    named = (f"{name}={tmp_path / name}.safetensors" for name in ("ink", "wash", "torn", "missing"))
    assert measure_loras(parse_loras(",".join(named))).parameters == (4 + 8) * (10 + 20)
    assert measure_loras(()).parameters == 0
