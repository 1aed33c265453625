from collections.abc import Sequence

import pytest
import torch

from blazon.diffusion.sampling.conditioning import Conditioning, ConditioningCache


def encoded(prompts: Sequence[str]) -> list[Conditioning]:
    values = [torch.tensor([float(len(prompt))]) for prompt in prompts]
    return [Conditioning(value, value, value) for value in values]


def test_a_prompt_is_encoded_once_while_it_is_remembered() -> None:
    cache = ConditioningCache(encoded, capacity=2)
    assert cache.get("a") is cache.get("a")
    assert (cache.hits, cache.misses, len(cache)) == (1, 1, 1)


def test_the_least_recently_used_is_forgotten_first() -> None:
    cache = ConditioningCache(encoded, capacity=2)
    first, second = cache.get("a"), cache.get("bb")
    cache.get("a")
    cache.get("ccc")
    assert len(cache) == 2
    assert cache.get("a") is first
    assert cache.get("bb") is not second


@pytest.mark.parametrize("prompt", ["", "a" * 1000])
def test_nothing_is_kept_without_room(prompt: str) -> None:
    cache = ConditioningCache(encoded, capacity=0)
    cache.get(prompt)
    assert len(cache) == 0
