"""LoRAs beside compiled code: compiled too, equal to what is not, and once for whatever is chosen."""

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from diffusers import FluxTransformer2DModel
from torch import nn

from blazon.diffusion.cpu_threads import count_cores, use_cores
from blazon.diffusion.loras.adapters import Adapters, Chosen
from blazon.diffusion.loras.fitting import Changes
from blazon.diffusion.loras.hooks import LayerHook, Switch
from blazon.diffusion.loras.layers import Change, Kronecker, LowRank, Shift, Whole
from blazon.diffusion.optimization.compilation import count_compiled_graphs

CHOICES: tuple[Chosen, ...] = (
    (),
    (("ink", 1.0),),
    (("ink", 0.3),),
    (("retro", -2.0),),
    (("ink", 0.5), ("retro", 1.5)),
    (("retro", 1.5), ("ink", 0.5)),
    (("ink", 0.0),),
)


@pytest.fixture(autouse=True)
def fresh_compiler() -> Iterator[None]:
    torch._dynamo.reset()
    torch.compiler.set_stance("default")  # a warm-up before leaves another
    use_cores(count_cores())  # compiled code holds for one number, and engines before may have left another
    yield
    torch.compiler.set_stance("default")
    torch._dynamo.reset()


def make_changes(layers: dict[str, nn.Linear], make: Callable[[int, int], Change]) -> Changes:
    return {name: (make(layer.in_features, layer.out_features),) for name, layer in layers.items()}


def low_rank(inner: int, outer: int) -> Change:
    return LowRank(torch.randn(2, inner), torch.randn(outer, 2))


def list_linear(model: nn.Module, part: str = "") -> dict[str, nn.Linear]:
    return {name: layer for name, layer in model.named_modules() if isinstance(layer, nn.Linear) and part in name}


class Counting:
    """A compiler that changes nothing and counts how often what it compiled runs."""

    def __init__(self) -> None:
        self.runs = 0

    def __call__(self, graph: torch.fx.GraphModule, _: list[torch.Tensor]) -> Callable[..., Any]:
        def run(*arguments: Any) -> Any:
            self.runs += 1
            return graph(*arguments)

        return run


def run_all(call: Callable[[], torch.Tensor], adapters: Adapters) -> list[torch.Tensor]:
    made = []
    for chosen in CHOICES:
        adapters.use(chosen)
        with torch.inference_mode():
            made.append(call())
    adapters.use(())
    return made


def test_blocks_are_compiled_once_for_all_loras_and_scales() -> None:
    torch.manual_seed(0)
    model = FluxTransformer2DModel(
        in_channels=16,
        num_layers=2,
        num_single_layers=2,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=32,
        pooled_projection_dim=32,
        axes_dims_rope=(4, 6, 6),
    ).eval()
    inputs = {
        "hidden_states": torch.randn(1, 16, 16),
        "encoder_hidden_states": torch.randn(1, 8, 32),
        "pooled_projections": torch.randn(1, 32),
        "timestep": torch.ones(1),
        "txt_ids": torch.zeros(8, 3),
        "img_ids": torch.zeros(16, 3),
    }

    def call() -> torch.Tensor:
        velocity: torch.Tensor = model(**inputs, return_dict=False)[0]
        return velocity

    adapters = Adapters(model)
    # Each changes layers that the other leaves alone.
    adapters.add("ink", make_changes(list_linear(model, "attn.to_q"), low_rank))
    adapters.add("retro", make_changes(list_linear(model, "ff.net.2"), low_rank))
    expected = run_all(call, adapters)
    assert all((one - expected[0]).abs().max() > 0.01 for one in expected[1:-1])
    compiler = Counting()
    model.compile_repeated_blocks(fullgraph=True, dynamic=False, backend=compiler)
    first = count_compiled_graphs()
    with torch.inference_mode():
        call()
    plain = count_compiled_graphs() - first
    adapters.use((("ink", 1.0),))
    with torch.inference_mode():
        call()
    # Twice: without LoRAs, and with some.
    assert count_compiled_graphs() - first == 2 * plain
    torch.compiler.set_stance("fail_on_recompile")
    compiler.runs = 0
    for one, other in zip(run_all(call, adapters), expected, strict=True):
        assert torch.equal(one, other)
    assert compiler.runs == 4 * len(CHOICES)


# torch itself imports what it has deprecated when its compiler starts.
@pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")
@pytest.mark.skipif(shutil.which("g++") is None, reason="needs a C++ compiler")
def test_the_real_compiler_leaves_them_in_place() -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(16, 32), nn.GELU(), nn.Linear(32, 16)).eval()
    adapters = Adapters(model)
    adapters.add("ink", make_changes(list_linear(model), low_rank))
    adapters.add("retro", {"0": (Whole(torch.randn(32, 16)), Shift(torch.randn(32))),
                           "2": (Kronecker(torch.randn(4, 4), torch.randn(4, 8)),)})  # fmt: skip
    taken = torch.randn(3, 16)
    expected = run_all(lambda: model(taken), adapters)
    compiled = torch.compile(model, fullgraph=True, dynamic=False)
    for chosen in CHOICES[:2]:
        adapters.use(chosen)
        with torch.inference_mode():
            compiled(taken)
    torch.compiler.set_stance("fail_on_recompile")
    for one, other in zip(run_all(lambda: compiled(taken), adapters), expected, strict=True):
        assert torch.allclose(one, other, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("changed", [True, False])
def test_the_operator_is_what_torch_asks_of_one(changed: bool) -> None:
    layer = nn.Linear(4, 6)
    hook = LayerHook(layer, Switch())
    if changed:
        hook.active = ((low_rank(4, 6), 0.5),)
    taken = torch.randn(2, 4)
    output = layer(taken).detach()
    operator = torch.ops.blazon.add_loras.default
    torch.library.opcheck(operator, (output, taken, hook._number))
    assert torch.equal(operator(output, taken, hook._number), hook.add(taken, output))


def test_hooks_go_with_their_model() -> None:
    model = nn.Sequential(nn.Linear(4, 4))
    adapters = Adapters(model)
    adapters.add("ink", make_changes(list_linear(model), low_rank))
    (hook,) = model[0]._forward_hooks.values()
    number = hook._number
    operator = torch.ops.blazon.add_loras.default
    operator(torch.zeros(1, 4), torch.zeros(1, 4), number)
    del model, adapters, hook
    with pytest.raises(KeyError):
        operator(torch.zeros(1, 4), torch.zeros(1, 4), number)
