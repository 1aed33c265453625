"""FLUX.1 reads texts as its pipeline does, which looks at each of them twice."""

import pytest
import torch
from diffusers import FluxPipeline

from blazon.diffusion.families.flux1 import Flux1

TEXTS = ["a coffee roastery by the sea", "", "x " * 400, "Ünï ☃ 漢字 \u202e <pad> </s>", "line\nbreak\ttab"]


@pytest.mark.parametrize("tokens", [16, 64])
def test_texts_are_read_as_the_pipeline_reads_them(dev_pipeline: FluxPipeline, tokens: int) -> None:
    model = Flux1(dev_pipeline, name="tiny", device=torch.device("cpu"), max_tokens=tokens)
    found = model.encode(TEXTS)
    with torch.inference_mode():
        sequence, pooled, ids = dev_pipeline.encode_prompt(TEXTS, device=model.device, max_sequence_length=tokens)
    for row, conditioning in enumerate(found):
        assert torch.equal(conditioning.tokens, sequence[row : row + 1])
        assert torch.equal(conditioning.pooled, pooled[row : row + 1])
        assert torch.equal(conditioning.token_ids, ids)
        assert conditioning.token_ids.dtype == ids.dtype
