import json
from pathlib import Path

import pytest
from _report import report


def test_what_is_printed_is_kept_in_a_folder_of_the_device(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["/any/where/vector.py", "--rounds", "3", "--out", str(tmp_path)])
    report("Title", [("what", "1 ms", "<= 2 ms")], out=tmp_path, device="NVIDIA H200", raw={"seconds": [0.001]})
    found = json.loads((tmp_path / "nvidia-h200" / "vector.json").read_text())
    assert found["command"] == "python benchmarks/vector.py --rounds 3"
    assert found["rows"] == [["what", "1 ms", "<= 2 ms"]]
    assert found["raw"] == {"seconds": [0.001]}
    printed = capsys.readouterr().out
    assert "Title" in printed
    assert "<= 2 ms" in printed


def test_nothing_is_kept_unless_it_is_told_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    report("Title", [("what", "1 ms", "")])
    assert list(tmp_path.iterdir()) == []
