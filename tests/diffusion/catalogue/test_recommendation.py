import pytest
import torch
from diffusers import (
    AutoencoderKLFlux2,
    AutoencoderKLQwenImage,
    ErnieImageTransformer2DModel,
    Flux2Transformer2DModel,
    QwenImageTransformer2DModel,
    ZImageTransformer2DModel,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import Qwen3Config, Qwen3Model
from write_memory_table import CARD_PAGE, card_table

from blazon.diffusion.catalogue.recommendation import OTHERS, RECOMMENDED, Recommendation, recommend
from blazon.diffusion.catalogue.specs import KNOWN
from blazon.diffusion.memory.footprint import GB, Component, Offload, Quantisation, TextEncoder
from blazon.diffusion.memory.known_sizes import SIZES
from blazon.diffusion.memory.plan import MemoryBudget
from blazon.errors import ModelUnavailable

KLEIN, TURBO, SCHNELL = "black-forest-labs/FLUX.2-klein-4B", "Tongyi-MAI/Z-Image-Turbo", OTHERS[0]


def recommend_for(card: float, *cached: str, host: float = 64) -> Recommendation:
    return recommend(MemoryBudget("cuda", int(card * GB), int(host * GB)), cached)


@pytest.mark.parametrize(
    ("card", "name", "quantisation", "encoder"),
    [
        (8, KLEIN, Quantisation.INT8, TextEncoder.CPU),
        (12, KLEIN, Quantisation.INT8, TextEncoder.QUANTISED),
        (16, TURBO, Quantisation.INT8, TextEncoder.QUANTISED),
        (24, TURBO, Quantisation.NONE, TextEncoder.DEVICE),
        (48, TURBO, Quantisation.NONE, TextEncoder.DEVICE),
        (80, TURBO, Quantisation.NONE, TextEncoder.DEVICE),
    ],
)
def test_every_card_has_a_model_that_allows_commercial_use(
    card: int, name: str, quantisation: Quantisation, encoder: TextEncoder
) -> None:
    chosen = recommend_for(card)
    form = chosen.plan.form
    assert (chosen.name, form.quantisation, form.text_encoder) == (name, quantisation, encoder)
    assert form.offload is Offload.NONE
    assert chosen.spec.commercial
    assert chosen.plan.device_bytes <= card * GB
    line = chosen.explain()
    assert line.startswith(f"{name} (Apache-2.0) in ")
    assert f"{card} GB free" in line
    assert "\n" not in line


def test_all_candidates_are_apache_licensed() -> None:
    assert {KNOWN[name].licence for name in (*RECOMMENDED, *OTHERS)} == {"Apache-2.0"}


def test_what_is_in_the_cache_goes_first_if_it_fits() -> None:
    assert recommend_for(24, SCHNELL).name == SCHNELL
    assert "because it is in the cache" in recommend_for(24, SCHNELL.upper()).explain()
    assert recommend_for(24, SCHNELL, KLEIN).name == KLEIN
    # Too large for the card, or not allowed in a shop.
    assert recommend_for(12, SCHNELL).name == KLEIN
    assert recommend_for(24, "black-forest-labs/FLUX.1-dev", "somebody/else").name == TURBO


def test_a_card_too_small_for_all_is_told_what_is_missing() -> None:
    with pytest.raises(ModelUnavailable, match=f"{KLEIN} does not fit: it needs .* GB of GPU memory"):
        recommend_for(1)


@settings(deadline=None)
@given(st.floats(2, 200), st.floats(0, 100))
def test_more_memory_never_gives_a_smaller_model(card: float, more: float) -> None:
    def rank(size: float) -> int:
        try:
            return RECOMMENDED[::-1].index(recommend_for(size).name)
        except ModelUnavailable:
            return -1

    assert rank(card) <= rank(card + more)


def test_the_page_has_the_table() -> None:
    assert card_table() in CARD_PAGE.read_text(encoding="utf-8")


def test_what_can_be_guided_by_a_second_row_is_planned_with_it() -> None:
    assert {name: size.rows == 2 for name, size in SIZES.items()} == {
        name: KNOWN[name].capabilities.negative_prompt for name in SIZES
    }


def test_sizes_are_those_of_the_networks() -> None:
    """From the published configurations; the text encoder of Z-Image and FLUX.2-klein is Qwen3-4B."""
    with torch.device("meta"):
        made = {
            KLEIN: Flux2Transformer2DModel(
                num_layers=5,
                num_single_layers=20,
                num_attention_heads=24,
                joint_attention_dim=7680,
                guidance_embeds=False,
            ),
            TURBO: ZImageTransformer2DModel(),
            "Qwen/Qwen-Image": QwenImageTransformer2DModel(),
            "baidu/ERNIE-Image": ErnieImageTransformer2DModel(
                hidden_size=4096, num_attention_heads=32, num_layers=36, ffn_hidden_size=12288, text_in_dim=3072
            ),
        }
        encoder = Qwen3Model(
            Qwen3Config(
                vocab_size=151936,
                hidden_size=2560,
                intermediate_size=9728,
                num_hidden_layers=36,
                num_attention_heads=32,
                num_key_value_heads=8,
                head_dim=128,
                tie_word_embeddings=True,
            )
        )
        vaes = {KLEIN: AutoencoderKLFlux2(), "Qwen/Qwen-Image": AutoencoderKLQwenImage()}
    for name, model in made.items():
        assert SIZES[name].transformer == measure(model)
    for name in (KLEIN, TURBO):
        assert SIZES[name].text_encoder == measure(encoder)
    for name, model in vaes.items():
        assert SIZES[name].vae.parameters == measure(model).parameters


def measure(model: torch.nn.Module) -> Component:
    linear = [part.weight.numel() for part in model.modules() if isinstance(part, torch.nn.Linear)]
    return Component.of(sum(part.numel() for part in model.parameters()), linear=sum(linear))
