import pytest
from hypothesis import given
from hypothesis import strategies as st

from blazon.masking import mask_secrets

SECRETS = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="\"'<>"), min_size=6)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgres://u:secret@db:5432/x", "postgres://********@db:5432/x"),
        ("cannot reach http://token@proxy:3128/, try again", "cannot reach http://********@proxy:3128/, try again"),
        ("u:secret@db/x", "********@db/x"),
        ("s3://b/p?region=eu&secret_access_key=x/y+z&a=1", "s3://b/p?region=eu&secret_access_key=********&a=1"),
        ("https://a.example/x?sig=abc#top", "https://a.example/x?sig=********#top"),
        ("sqlite:////var/lib/a@b/blazon.db", "sqlite:////var/lib/a@b/blazon.db"),
        ("file:///srv/pictures", "file:///srv/pictures"),
        ("someone@example.com", "someone@example.com"),
        ("https://logos.example.com/a?size=64", "https://logos.example.com/a?size=64"),
        ("/tmp/key=value", "/tmp/key=value"),
    ],
)
def test_what_is_masked(text, shown):
    assert mask_secrets(text) == shown


@given(SECRETS)
def test_no_password_of_a_url_is_shown(secret):
    assert mask_secrets(f"db://user:{secret}@host/x") == "db://********@host/x"
