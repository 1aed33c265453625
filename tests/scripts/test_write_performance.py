import write_performance


def test_the_page_tells_what_was_measured() -> None:
    page = write_performance.page(write_performance.RESULTS)
    assert write_performance.PAGE.read_text(encoding="utf-8") == page, "run scripts/write_performance.py"
