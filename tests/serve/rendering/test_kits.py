import pytest

from blazon.errors import NotFound
from blazon.generation import CandidateRecord
from blazon.serve.rendering.kits import order_kit


def test_a_painted_logo_has_no_kit() -> None:
    painted = CandidateRecord(0, "digest", "image/png", "flux", 7, True, "Apache-2.0", (), None, 1000, 3)
    with pytest.raises(NotFound, match="painted"):
        order_kit(painted)
