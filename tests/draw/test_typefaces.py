import pytest

from blazon.brief import Style, TypeKind
from blazon.draw.typefaces import TypeFamily


def family(*kinds: TypeKind) -> TypeFamily:
    return TypeFamily("Any Face", frozenset(kinds), (Style.BOLD,), (600, 500))


@pytest.mark.parametrize(
    ("has", "wanted", "weights"),
    [
        ({TypeKind.THIN, TypeKind.HEAVY}, {TypeKind.THIN}, (200,)),
        ({TypeKind.THIN, TypeKind.HEAVY}, {TypeKind.HEAVY, TypeKind.SANS}, (900,)),
        ({TypeKind.THIN}, {TypeKind.HEAVY}, (600, 500)),
        ({TypeKind.THIN}, set(), (600, 500)),
    ],
)
def test_thin_and_heavy_are_weights_of_a_family_that_has_them(
    has: set[TypeKind], wanted: set[TypeKind], weights: tuple[int, ...]
) -> None:
    assert family(*has).weights_for(wanted) == weights


def test_a_shipped_family_comes_with_blazon_and_others_with_their_package() -> None:
    assert family().package == "fontpkg-any-face"
    assert TypeFamily("Any Face", frozenset(), (Style.BOLD,), (400,), shipped=True).package == "blazon"
