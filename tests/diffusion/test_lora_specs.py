from pathlib import Path

import pytest

from blazon.diffusion.lora_specs import LoraSpec, parse_loras
from blazon.errors import InvalidSetting


def test_loras_are_read() -> None:
    assert parse_loras("Ink=/loras/ink.safetensors:0.8, retro = retro.safetensors,neg=n.safetensors:-.5") == (
        LoraSpec("ink", Path("/loras/ink.safetensors"), 0.8),
        LoraSpec("retro", Path("retro.safetensors"), 1.0),
        LoraSpec("neg", Path("n.safetensors"), -0.5),
    )
    assert parse_loras(r"ink=C:\loras\ink.safetensors")[0].path == Path(r"C:\loras\ink.safetensors")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "name=path:scale"),
        ("ink", "name=path:scale"),
        ("ink=", "name=path:scale"),
        ("ink=a.safetensors,", "name=path:scale"),
        ("in.k=a.safetensors", "is no name"),
        ("ink=a.safetensors:much", "'much' is no scale"),
        ("ink=a.safetensors:nan", "'nan' is no scale"),
        ("ink=a.safetensors:11", "'11' is no scale"),
        ("ink=a.pt:1", "not a .safetensors file"),
        ("ink=a.safetensors,INK=b.safetensors", "two files 'ink'"),
    ],
)
def test_rubbish_is_refused_and_the_setting_named(text: str, complaint: str) -> None:
    with pytest.raises(InvalidSetting, match=complaint) as refusal:
        parse_loras(text)
    assert "LORAS" in str(refusal.value)
