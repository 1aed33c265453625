import pytest
import torch
from _kernels import REST, Kernel, Timeline, record
from hypothesis import given
from hypothesis import strategies as st


def timeline(*kernels: tuple[str, float, float]) -> Timeline:
    return Timeline(tuple(Kernel(*kernel) for kernel in sorted(kernels, key=lambda kernel: kernel[1])))


def test_time_without_a_kernel_is_idle() -> None:
    seen = timeline(("a", 0, 2), ("b", 1, 3), ("c", 5, 6), ("b", 6.5, 7))
    assert seen.span == 7
    assert seen.busy == 4.5
    assert seen.gaps() == [(2, "c"), (0.5, "b")]
    assert seen.gaps_by_end() == {"c": 2, "b": 0.5}
    assert seen.by_name() == {"b": 2.5, "a": 2, "c": 1}


def test_of_nothing_there_is_no_time() -> None:
    assert (timeline().span, timeline().busy, timeline().gaps()) == (0, 0, [])


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 20)), min_size=1, max_size=20))
def test_busy_is_the_union_of_what_ran(spans: list[tuple[int, int]]) -> None:
    seen = timeline(*(("k", start, start + length) for start, length in spans))
    ran = {second for start, length in spans for second in range(start, start + length)}
    assert seen.busy == len(ran)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("nvjet_tst_256x128_64x4_1x2_h_bz_coopA_bias_TNT", "products"),
        ("sm90_xmma_gemm_bf16bf16_bf16f32_f32_tn_n_tilesize128x128x64", "products"),
        ("void cutlass::device_kernel<at::cuda::detail::enable_3x_kernel_for_sm9x<cutlass::gemm::kernel>>", "products"),
        ("triton_tem_fused__scaled_mm_3", "products"),
        ("triton_tem_fused_addmm_gelu_7", "products"),
        ("cudnn_generated_fort_native_sdpa_sm90_flash_fprop_wgmma_f16_knob_31", "attention"),
        ("void pytorch_flash::flash_fwd_kernel<Flash_fwd_kernel_traits<128, 128, 64, 4>>", "attention"),
        ("sm90_xmma_fprop_implicit_gemm_bf16bf16_bf16f32_f32_nhwckrsc_nhwc", "convolutions"),
        ("Memcpy DtoH (Device -> Pageable)", "copies"),
        ("triton_red_fused__to_copy_add_mul_native_layer_norm_0", REST),
        ("triton_poi_fused_addmm_gelu_view_3", REST),
        ("void at::native::vectorized_elementwise_kernel<4, at::native::CUDAFunctor_add<c10::BFloat16>>", REST),
    ],
)
def test_kernels_are_told_apart_by_their_names(name: str, kind: str) -> None:
    assert Kernel(name, 0, 1).kind == kind


def test_work_is_recorded_where_it_runs() -> None:
    one = torch.ones(64, 64)
    seen = record(lambda: one.sin().cos(), torch.device("cpu"))
    assert [kernel.name for kernel in seen.kernels if kernel.name in ("aten::sin", "aten::cos")] == [
        "aten::sin",
        "aten::cos",
    ]
    assert 0 < seen.busy <= seen.span
