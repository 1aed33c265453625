"""Requests made up from the server's own OpenAPI document: every answer is one that the document describes."""

import subprocess
import sys


def test_answers_are_those_of_the_document(api, tmp_path):
    # 504 is what a client asks for that has the patience of a nanosecond.
    statuses = '["2xx", "3xx", "4xx", 504]'
    (tmp_path / "schemathesis.toml").write_text(f"[checks.not_a_server_error]\nexpected-statuses = {statuses}\n")
    fuzzer = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "run", f"{api.base_url}/openapi.json"),
            *("--max-examples", "50", "--generation-deterministic", "--continue-on-failure", "--no-color"),
            *("--suppress-health-check", "all", "--request-timeout", "120"),  # a slow machine is no fault of the server
            # A document cannot say that a layout needs a name: some requests that fit it are refused.
            *("--exclude-checks", "positive_data_acceptance"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert fuzzer.returncode == 0, fuzzer.stdout + fuzzer.stderr
    operations = sum(map(len, api.get("/openapi.json").json()["paths"].values()))
    assert f"Tested: {operations}" in fuzzer.stdout
