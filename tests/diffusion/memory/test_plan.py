from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from write_memory_table import CARDS, FLUX_DEV, PAGE, memory_table

from blazon.diffusion.memory.footprint import (
    GB,
    Component,
    Form,
    ModelSize,
    Offload,
    Quantisation,
    TextEncoder,
    estimate_device_bytes,
    estimate_host_bytes,
)
from blazon.diffusion.memory.plan import MemoryBudget, MemoryPlan, Wishes, list_forms, plan
from blazon.errors import ModelUnavailable

FLUX_SCHNELL = replace(
    FLUX_DEV, name="black-forest-labs/FLUX.1-schnell", transformer=Component.of(11_891_178_560), text_tokens=256
)


def budget(device: float, host: float = 64, kind: str = "cuda", **changes: object) -> MemoryBudget:
    return replace(MemoryBudget(kind, int(device * GB), int(host * GB)), **changes)  # type: ignore[arg-type]


NO_EXTRAS = frozenset({Quantisation.INT8, Quantisation.FP8})


@pytest.mark.parametrize(
    ("card", "quantisation", "encoder", "tiling"),
    [
        (8, Quantisation.NF4, TextEncoder.CPU, True),
        (12, Quantisation.NF4, TextEncoder.QUANTISED, True),
        (16, Quantisation.INT8, TextEncoder.CPU, False),
        (24, Quantisation.INT8, TextEncoder.QUANTISED, False),
        (48, Quantisation.NONE, TextEncoder.DEVICE, False),
        (80, Quantisation.NONE, TextEncoder.DEVICE, False),
        (141, Quantisation.NONE, TextEncoder.DEVICE, False),
    ],
)
def test_plans_for_common_cards(card: int, quantisation: Quantisation, encoder: TextEncoder, tiling: bool) -> None:
    form = plan(FLUX_DEV, budget(card)).form
    assert (form.quantisation, form.text_encoder, form.vae_tiling) == (quantisation, encoder, tiling)
    assert form.precision == "bfloat16"
    assert form.offload is Offload.NONE


def test_flux_in_bf16_does_not_fit_on_24_gb() -> None:
    with pytest.raises(ModelUnavailable, match="with USE_FP16, QUANTIZATION and TEXT_ENCODER_DEVICE left at"):
        plan(FLUX_DEV, budget(24), Wishes(quantisation=Quantisation.NONE, offload=Offload.NONE))


def test_weights_are_as_large_as_their_files() -> None:
    assert FLUX_DEV.transformer.size("bfloat16") == pytest.approx(23.80e9, rel=0.001)
    assert FLUX_DEV.text_encoder.size("bfloat16") == pytest.approx(9.52e9, rel=0.001)
    assert FLUX_DEV.transformer.size("bfloat16", Quantisation.INT8) == pytest.approx(11.9e9, rel=0.01)
    assert FLUX_DEV.transformer.size("bfloat16", Quantisation.NF4) == pytest.approx(6.14e9, rel=0.01)


def test_table_in_the_documentation_is_the_generated_one() -> None:
    assert memory_table() in PAGE.read_text(encoding="utf-8")


def test_table_has_a_row_for_each_card() -> None:
    assert [line.split()[1] for line in memory_table().splitlines()[2:]] == [str(card) for card in CARDS]


def test_a_small_host_keeps_the_text_encoder_on_the_gpu() -> None:
    assert plan(FLUX_DEV, budget(16, host=64)).form.text_encoder is TextEncoder.CPU
    small = plan(FLUX_DEV, budget(16, host=8)).form
    assert (small.quantisation, small.text_encoder) == (Quantisation.NF4, TextEncoder.QUANTISED)


def test_old_gpus_compute_in_fp16_but_decode_in_float32() -> None:
    form = plan(FLUX_DEV, budget(24, half="float16")).form
    assert (form.precision, form.vae_precision) == ("float16", "float32")
    on_host = plan(FLUX_DEV, budget(16, half="float16"), Wishes(text_encoder=TextEncoder.CPU)).form
    assert on_host.text_precision == "bfloat16"


def test_wishes_win() -> None:
    def wished(**wish: object) -> Form:
        return plan(FLUX_DEV, budget(80), Wishes(**wish)).form  # type: ignore[arg-type]

    assert wished(quantisation=Quantisation.FP8).quantisation is Quantisation.FP8
    assert wished(text_encoder=TextEncoder.CPU).text_encoder is TextEncoder.CPU
    assert wished(text_encoder=TextEncoder.DEVICE).text_encoder is TextEncoder.DEVICE
    assert wished(text_encoder=TextEncoder.QUANTISED).text_quantisation is Quantisation.INT8
    assert wished(offload=Offload.MODEL).offload is Offload.MODEL
    assert wished(offload=Offload.SEQUENTIAL).offload is Offload.SEQUENTIAL
    assert wished(vae_tiling=True).vae_tiling
    assert wished(half=False).precision == "float32"
    assert plan(FLUX_DEV, budget(80), Wishes(max_batch=3)).batch == 3


def test_a_wish_for_plain_weights_leaves_the_text_encoder_plain_too() -> None:
    wishes = Wishes(quantisation=Quantisation.NONE)
    for form in list_forms(FLUX_DEV, budget(80), wishes):
        assert form.text_quantisation is Quantisation.NONE


def test_sequential_offload_is_the_last_resort() -> None:
    assert plan(FLUX_DEV, budget(7, host=64)).form.offload is Offload.SEQUENTIAL
    assert plan(FLUX_DEV, budget(12, host=64, quantisations=NO_EXTRAS)).form.offload is Offload.SEQUENTIAL
    found = list(list_forms(FLUX_DEV, budget(7), Wishes()))
    assert [form.offload for form in found].index(Offload.SEQUENTIAL) == len(found) - 1


def test_model_offload_needs_the_device_for_the_larger_part_only() -> None:
    together = Form("cuda", "bfloat16")
    in_turn = replace(together, offload=Offload.MODEL)
    assert estimate_device_bytes(in_turn, FLUX_DEV, 1) < estimate_device_bytes(together, FLUX_DEV, 1) - 9e9
    assert estimate_host_bytes(in_turn, FLUX_DEV) > 33e9


def test_text_encoder_and_transformer_take_turns_where_the_text_is_to_be_read_on_the_gpu() -> None:
    on_gpu = Wishes(text_encoder=TextEncoder.DEVICE)
    found = plan(FLUX_DEV, budget(8), on_gpu)
    assert (found.form.quantisation, found.form.text_encoder) == (Quantisation.NF4, TextEncoder.QUANTISED)
    assert "model offload" in found.explain()
    # Where all of it fits at once nothing is moved, and what nobody asks for on the GPU stays on the CPU.
    assert plan(FLUX_DEV, budget(12), on_gpu).form.offload is Offload.NONE
    assert plan(FLUX_DEV, budget(8)).form.text_encoder is TextEncoder.CPU
    plain = plan(FLUX_DEV, budget(32), Wishes(quantisation=Quantisation.NONE, text_encoder=TextEncoder.DEVICE)).form
    assert (plain.quantisation, plain.text_encoder) == (Quantisation.NONE, TextEncoder.DEVICE)
    assert plain.offload is Offload.MODEL


def test_loras_are_part_of_the_plan_and_told_and_what_no_longer_fits_for_them_says_so() -> None:
    heavy = replace(FLUX_DEV, loras=Component.of(600_000_000))
    alone, beside = plan(FLUX_DEV, budget(48)), plan(heavy, budget(48))
    assert beside.device_bytes > alone.device_bytes + 1.2e9
    assert "LoRAs of 1.20 GB" in beside.explain()
    assert "LoRA" not in alone.explain()
    tight = budget(3.5, host=64)
    assert plan(FLUX_DEV, tight).form.offload is Offload.SEQUENTIAL
    with pytest.raises(ModelUnavailable, match=r"does not fit: .*; without the LoRAs it fits: leave some out of LORAS"):
        plan(heavy, tight)


@pytest.mark.parametrize("card", range(30, 60, 2))
def test_pictures_that_are_guided_have_room_for_both_of_their_rows(card: int) -> None:
    once, twice = FLUX_DEV, replace(FLUX_DEV, rows=2)
    wishes = Wishes(quantisation=Quantisation.NONE)
    plain, guided = plan(once, budget(card), wishes), plan(twice, budget(card), wishes)
    assert guided.rows == 2
    needed = estimate_device_bytes(guided.form, once, 2 * guided.batch, guided.texts)
    assert guided.device_bytes == needed <= card * GB
    assert guided.form != plain.form or guided.batch <= plain.batch
    assert f"batch of {guided.batch} ({2 * guided.batch} rows with those that guide)" in guided.explain()


@pytest.mark.parametrize("card", [*range(8, 60, 2), 80])
def test_as_many_texts_are_encoded_beside_a_full_batch_as_there_is_room_for(card: int) -> None:
    found = plan(FLUX_DEV, budget(card))
    needs = [estimate_device_bytes(found.form, FLUX_DEV, found.batch, texts) for texts in range(1, found.batch + 1)]
    assert found.texts == max(1, sum(need <= card * GB for need in needs))
    assert found.device_bytes == needs[found.texts - 1] <= card * GB


def test_a_text_takes_room_beside_the_pictures_but_where_both_take_turns() -> None:
    form = Form("cuda", "bfloat16")
    beside = [estimate_device_bytes(form, FLUX_DEV, 2, texts) for texts in (1, 2, 3)]
    assert beside[2] - beside[1] == beside[1] - beside[0] > 0.3 * GB
    turns = replace(form, offload=Offload.MODEL)
    assert len({estimate_device_bytes(turns, FLUX_DEV, 2, texts) for texts in (1, 2, 3)}) == 1


def test_one_picture_that_is_guided_is_not_promised_where_one_row_fits() -> None:
    lone, guided = (replace(FLUX_DEV, rows=rows) for rows in (1, 2))
    form = Form("cuda", "bfloat16", text_encoder=TextEncoder.CPU, vae_tiling=True, offload=Offload.SEQUENTIAL)
    tight = budget(estimate_device_bytes(form, lone, 1) / GB, quantisations=frozenset())
    assert plan(lone, tight).batch == 1
    with pytest.raises(ModelUnavailable, match="does not fit"):
        plan(guided, tight)


def test_a_modular_pipeline_is_planned_without_parts_on_the_host() -> None:
    modular = replace(FLUX_DEV, stays=True)
    for wish in (Wishes(), Wishes(text_encoder=TextEncoder.DEVICE)):
        forms = list(list_forms(modular, budget(8), wish))
        assert {form.quantisation for form in forms} >= {Quantisation.NONE, Quantisation.INT8, Quantisation.NF4}
        assert {form.offload for form in forms} == {Offload.NONE}
        assert TextEncoder.CPU not in {form.text_encoder for form in forms}
    assert plan(modular, budget(12)).form == plan(FLUX_DEV, budget(12)).form
    with pytest.raises(ModelUnavailable, match="modular pipeline reads the text on the device"):
        plan(modular, budget(80), Wishes(text_encoder=TextEncoder.CPU))
    # Beside a CPU there is no other memory.
    shared = budget(80, 80, "cpu")
    assert plan(modular, shared) == plan(FLUX_DEV, shared)


def test_what_cannot_fit_says_how_much_is_missing() -> None:
    with pytest.raises(ModelUnavailable) as refusal:
        plan(FLUX_DEV, budget(3, host=16))
    assert str(refusal.value) == (
        "black-forest-labs/FLUX.1-dev does not fit: it needs 7.7 GB of GPU memory and 3.0 GB are free; "
        "free memory, choose a smaller model with MODEL_NAME, or set ENGINE=vector"
    )


def test_a_missing_package_is_the_remedy() -> None:
    with pytest.raises(ModelUnavailable, match="pip install torchao bitsandbytes: with fewer bits it fits"):
        plan(FLUX_DEV, budget(12, host=16, quantisations=NO_EXTRAS))
    with pytest.raises(ModelUnavailable, match=r"nf4 weights need .*pip install bitsandbytes"):
        plan(FLUX_DEV, budget(24, quantisations=NO_EXTRAS), Wishes(quantisation=Quantisation.NF4))


def test_gguf_weights_stay_as_they_are() -> None:
    stored = replace(FLUX_DEV, transformer=Component(0, 0, int(6.9 * GB)), gguf=True)
    made = plan(stored, budget(16))
    assert made.form.quantisation is Quantisation.GGUF
    assert "transformer in gguf" in made.explain()
    with pytest.raises(ModelUnavailable, match="pip install gguf"):
        plan(stored, budget(16, quantisations=NO_EXTRAS))


@pytest.mark.parametrize(
    ("memory", "precision", "quantisation"),
    [(80, "float32", Quantisation.NONE), (48, "bfloat16", Quantisation.NONE), (24, "bfloat16", Quantisation.INT8)],
)
def test_a_cpu_takes_float32_while_it_fits(memory: float, precision: str, quantisation: Quantisation) -> None:
    made = plan(FLUX_DEV, budget(memory, memory, "cpu"))
    assert (made.form.precision, made.form.quantisation) == (precision, quantisation)
    assert "on the CPU" not in made.explain()


def test_apple_memory_is_shared() -> None:
    made = plan(FLUX_DEV, budget(64, 64, "mps", quantisations=frozenset()))
    assert (made.form.precision, made.form.offload, made.form.text_encoder) == (
        "bfloat16",
        Offload.NONE,
        TextEncoder.DEVICE,
    )


def test_a_tiny_model_fits_everywhere() -> None:
    size = Component.of(80_000, width=4)
    tiny = ModelSize("tiny", size, size, size, size, width=32, decoder_width=4)
    assert plan(tiny, budget(2, 2, "cpu")).form == Form("cpu", "float32")


def test_the_plan_is_one_line() -> None:
    assert plan(FLUX_SCHNELL, budget(24), Wishes(max_batch=4)).explain() == (
        "black-forest-labs/FLUX.1-schnell: transformer in int8 (bfloat16), text encoder in int8, VAE whole, "
        "batch of 4 at 1024 x 1024; 23.5 GB on cuda and 1.0 GB on the host expected at the peak"
    )


amounts = st.integers(0, 160_000_000_000)
packages = st.sets(st.sampled_from([Quantisation.INT8, Quantisation.FP8, Quantisation.NF4])).map(frozenset)
halves = st.sampled_from(["bfloat16", "float16"])
wishes = st.builds(
    Wishes,
    half=st.booleans(),
    quantisation=st.sampled_from([None, Quantisation.NONE, Quantisation.INT8, Quantisation.FP8, Quantisation.NF4]),
    text_encoder=st.sampled_from([None, *TextEncoder]),
    offload=st.sampled_from([None, *Offload]),
    vae_tiling=st.sampled_from([None, True, False]),
    max_batch=st.integers(1, 16),
)


def made(memory: MemoryBudget, wish: Wishes) -> MemoryPlan | None:
    try:
        return plan(FLUX_DEV, memory, wish)
    except ModelUnavailable:
        return None


@settings(max_examples=150, deadline=None)
@given(device=amounts, host=amounts, kinds=packages, half=halves, kind=st.sampled_from(["cuda", "cpu"]), wish=wishes)
def test_a_plan_never_exceeds_its_budget(
    device: int, host: int, kinds: frozenset[Quantisation], half: str, kind: str, wish: Wishes
) -> None:
    memory = MemoryBudget(kind, device, host, half, kinds)
    found = made(memory, wish)
    if found is not None:
        assert found.device_bytes <= device
        assert found.host_bytes <= host
        assert 1 <= found.batch <= wish.max_batch
        assert {found.form.quantisation, found.form.text_quantisation} <= {*kinds, Quantisation.NONE}


@settings(max_examples=150, deadline=None)
@given(device=amounts, host=amounts, more=amounts, more_host=amounts, kinds=packages, half=halves, wish=wishes)
def test_more_memory_never_gives_a_worse_plan(
    device: int, host: int, more: int, more_host: int, kinds: frozenset[Quantisation], half: str, wish: Wishes
) -> None:
    memory = MemoryBudget("cuda", device, host, half, kinds)
    larger = replace(memory, device_bytes=device + more, host_bytes=host + more_host)
    before, after = made(memory, wish), made(larger, wish)
    if before is None:
        return
    assert after is not None
    ranks = list(list_forms(FLUX_DEV, memory, wish))
    assert ranks.index(after.form) <= ranks.index(before.form)
    assert after.form != before.form or after.batch >= before.batch
