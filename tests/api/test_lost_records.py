"""What is stored and cannot be read any more: a 410 that says so, and everything else goes on."""

import sqlite3
from pathlib import Path

URL = "/v1/logos"
WISH = {"prompt": "a bakery", "n": 1}


def _damage(folder: Path, identity: str) -> None:
    with sqlite3.connect(folder / "data" / "blazon.db") as connection:
        later = "json_set(brief, '$.glow', 3)"
        connection.execute(f"UPDATE generations SET brief = {later} WHERE id = ?", (identity,))
    connection.close()


def test_a_generation_of_a_later_version_is_a_410_and_the_list_goes_on(start, tmp_path):
    client = start()
    lost, other = (client.post(URL, json={**WISH, "seed": seed}).json()["id"] for seed in (1, 2))
    _damage(tmp_path, lost)
    listed = client.get(URL)
    assert [one["id"] for one in listed.json()["data"]] == [other]
    answer = client.get(f"{URL}/{lost}")
    assert answer.status_code == 410
    assert "that this version of Blazon cannot read" in answer.json()["detail"]
    again = client.post(URL, json={**WISH, "seed": 1})  # its result was kept for repeated requests
    assert again.status_code == 201
    assert again.json()["id"] != lost


def test_an_unfinished_one_of_a_later_version_keeps_no_server_from_starting(start, stand_in, tmp_path, gate):
    client = start()
    lost = client.post(URL, json=WISH).json()["id"]
    with sqlite3.connect(tmp_path / "data" / "blazon.db") as connection:
        connection.execute("UPDATE generations SET status = 'running'")
    connection.close()
    _damage(tmp_path, lost)
    second = start(data_dir=tmp_path / "data")
    assert second.get("/health/ready").status_code == 200
    assert second.get(f"{URL}/{lost}").status_code == 410
