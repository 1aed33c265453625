import pytest

from blazon.errors import InvalidDesign
from blazon.generation import CandidateRecord
from blazon.serve.rendering.kits import order_kit


def test_without_a_design_there_is_no_kit() -> None:
    painted = CandidateRecord(0, "digest", "image/png", "flux", 7, True, "Apache-2.0", (), None, 1000, 3)
    with pytest.raises(InvalidDesign, match="no design"):
        order_kit(painted)
