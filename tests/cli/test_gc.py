import json

from blazon.cli import run


def test_an_empty_installation_has_nothing_to_remove(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    assert run(["gc"]) == 0
    assert capsys.readouterr().out == "Removed 0 generations, 0 claims, 0 webhooks, 0 pictures.\n"
    assert run(["gc", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"generations": 0, "claims": 0, "webhooks": 0, "pictures": 0}


def test_a_folder_that_cannot_be_one_is_one_line(capsys, monkeypatch, tmp_path):
    (tmp_path / "data").write_text("")
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    assert run(["gc"]) == 1
    assert capsys.readouterr().err == f"error: {tmp_path / 'data'} is a file, not a folder; see DATA_DIR\n"
