import io
import json
import sys
import zipfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import c2pa
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from PIL import Image

from blazon.errors import InvalidSetting
from blazon.export.credentials import Credentials
from blazon.export.delivery import FileSpec, Master, render_file
from blazon.export.formats import PictureFormat
from blazon.export.imprint import Imprint
from blazon.export.provenance import DigitalSourceType, Provenance
from blazon.file_metadata import Metadata
from blazon.settings import Settings

KEYS = {
    "P-256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "P-384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "RSA": lambda: rsa.generate_private_key(65537, 2048),
    "Ed25519": ed25519.Ed25519PrivateKey.generate,
}


@dataclass(frozen=True)
class Files:
    certificate: Path
    key: Path


def files(folder: Path, key: Any = None, *, usage: Any = ExtendedKeyUsageOID.EMAIL_PROTECTION, days: int = 30) -> Files:
    """Write a chain of an end-entity certificate and the CA that issued it, and the key of the former."""
    root, key = ec.generate_private_key(ec.SECP256R1()), key or ec.generate_private_key(ec.SECP256R1())
    ca = _certificate("Test CA", root.public_key(), "Test CA", root, None, 30)
    leaf = _certificate("Test signer", key.public_key(), "Test CA", root, usage, days)
    pem = serialization.Encoding.PEM
    (folder / "chain.pem").write_bytes(leaf.public_bytes(pem) + ca.public_bytes(pem))
    (folder / "key.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return Files(folder / "chain.pem", folder / "key.pem")


def _certificate(name: str, key: Any, issuer: str, signer: Any, usage: Any, days: int) -> x509.Certificate:
    def named(common: str) -> x509.Name:
        return x509.Name(
            [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Blazon"), x509.NameAttribute(NameOID.COMMON_NAME, common)]
        )

    start = datetime.now(UTC) - timedelta(days=60)
    flags = dict.fromkeys(
        (
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    built = (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named(issuer))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(datetime.now(UTC) + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=usage is None, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=usage is not None, key_cert_sign=usage is None, crl_sign=usage is None, **flags
            ),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    if usage is not None:
        built = built.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
    return built.sign(signer, hashes.SHA256())


@pytest.fixture(scope="module")
def signing(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return files(tmp_path_factory.mktemp("signer"))


def read(content: bytes, kind: PictureFormat) -> dict[str, Any]:
    with c2pa.Reader(kind.media_type, io.BytesIO(content)) as reader:
        return json.loads(reader.json())


@pytest.mark.parametrize("kind", list(PictureFormat))
@pytest.mark.parametrize("source", list(DigitalSourceType))
def test_every_format_is_signed_and_says_how_it_was_made(
    kind: PictureFormat, source: DigitalSourceType, drawn: Master, signing: Files, provenance: Provenance
) -> None:
    made = replace(provenance, digital_source_type=source)
    plain = render_file(drawn, width=64, height=64, format=kind, provenance=made)
    content = Credentials.open(signing.certificate, signing.key).sign(plain, kind.media_type, made)
    store = read(content, kind)
    manifest = store["manifests"][store["active_manifest"]]
    assert store["validation_state"] == "Valid"
    assert manifest["signature_info"]["common_name"] == "Test signer"
    assert manifest["claim_generator_info"][0]["name"] == "Blazon"
    [actions] = [one["data"]["actions"] for one in manifest["assertions"] if one["label"].startswith("c2pa.actions")]
    assert [(one["action"], one["digitalSourceType"]) for one in actions] == [("c2pa.created", str(source))]
    assert b"bakery" in content  # what was there before is there still


def test_an_imprint_signs_what_it_makes_and_says_only_what_it_may(
    drawn: Master, signing: Files, provenance: Provenance
) -> None:
    certificate = {"c2pa_certificate": signing.certificate, "c2pa_private_key": signing.key}
    timeless = replace(provenance, created=None)
    for told in (True, False):
        imprint = Imprint.configured(Settings.load(None, provenance=told, **certificate))
        content = imprint.file(drawn, FileSpec(64, 64), timeless)
        assert read(content, PictureFormat.PNG)["validation_state"] == "Valid"
        assert (b"bakery" in content) is told
        for png in imprint.series(drawn, (64, 65), provenance):
            assert read(png, PictureFormat.PNG)["validation_state"] == "Valid"
    with pytest.raises(InvalidSetting, match="go together"):
        Imprint.configured(Settings.load(None, c2pa_private_key=signing.key))


def test_a_zip_and_a_pdf_are_signed_and_stay_whole(signing: Files, provenance: Provenance) -> None:
    credentials = Credentials.open(signing.certificate, signing.key)
    archive, page = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("mark/logo.svg", "<svg/>")
    Image.new("RGB", (9, 9)).save(page, "PDF")
    for media_type, name, plain in (
        ("application/zip", "zip", archive.getvalue()),
        ("application/pdf", "application/pdf", page.getvalue()),
    ):
        content = Imprint(signer=credentials).sign(plain, media_type, provenance)
        with c2pa.Reader(name, io.BytesIO(content)) as reader:
            assert reader.get_validation_state() == "Valid"
            assert str(provenance.digital_source_type) in reader.json()
        assert Imprint().sign(plain, media_type, provenance) is plain
    with zipfile.ZipFile(
        io.BytesIO(Imprint(signer=credentials).sign(archive.getvalue(), "application/zip", provenance))
    ) as z:
        assert z.testzip() is None
        assert z.read("mark/logo.svg") == b"<svg/>"


def test_whoever_wants_no_metadata_gets_no_signature_and_who_wants_less_gets_less(
    drawn: Master, signing: Files, provenance: Provenance
) -> None:
    signer = Credentials.open(signing.certificate, signing.key)
    for most in Metadata:
        for asked in Metadata:
            content = Imprint(most, signer).file(drawn, FileSpec(64, 64, metadata=asked), provenance)
            assert (b"bakery" in content) is (most is asked is Metadata.ALL)
            assert (b"AISystemUsed" in content) is (Metadata.NONE not in (most, asked))
            assert (b"c2pa" in content) is (asked is not Metadata.NONE)


def test_a_picture_that_was_changed_afterwards_does_not_validate(
    drawn: Master, signing: Files, provenance: Provenance
) -> None:
    png = render_file(drawn, width=64, height=64, format=PictureFormat.PNG, provenance=provenance)
    content = Credentials.open(signing.certificate, signing.key).sign(png, PictureFormat.PNG.media_type, provenance)
    changed = content.replace(b"Seed: 4711", b"Seed: 4712")
    assert changed != content
    assert read(changed, PictureFormat.PNG)["validation_state"] == "Invalid"


@pytest.mark.parametrize("kind", KEYS)
def test_each_kind_of_key_signs(kind: str, tmp_path: Path, drawn: Master, provenance: Provenance) -> None:
    made = files(tmp_path, KEYS[kind]())
    png = render_file(drawn, width=32, height=32, format=PictureFormat.PNG)
    content = Credentials.open(made.certificate, made.key).sign(png, PictureFormat.PNG.media_type, provenance)
    assert read(content, PictureFormat.PNG)["validation_state"] == "Valid"


def refusal(certificate: Path, key: Path) -> str:
    with pytest.raises(InvalidSetting) as caught:
        Credentials.open(certificate, key)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_what_cannot_sign_is_said_when_it_is_opened(tmp_path: Path, signing: Files) -> None:
    nonsense = tmp_path / "nonsense.pem"
    nonsense.write_text("not a key")
    other = tmp_path / "other"
    other.mkdir()
    assert "C2PA_CERTIFICATE" in (said := refusal(tmp_path / "none.pem", signing.key))
    assert "No such file" in said
    assert "C2PA_PRIVATE_KEY" in refusal(signing.certificate, tmp_path)
    assert "holds no PEM certificate" in refusal(nonsense, signing.key)
    assert "holds no PEM private key" in refusal(signing.certificate, nonsense)
    assert "is not the key of the certificate" in refusal(signing.certificate, files(other).key)


@pytest.mark.parametrize("flaw", ["usage", "expired"])
def test_a_certificate_that_may_not_sign_is_refused_when_it_is_opened(flaw: str, tmp_path: Path) -> None:
    usage = ExtendedKeyUsageOID.SERVER_AUTH if flaw == "usage" else ExtendedKeyUsageOID.EMAIL_PROTECTION
    made = files(tmp_path, usage=usage, days=-1 if flaw == "expired" else 30)
    assert "C2PA_CERTIFICATE" in refusal(made.certificate, made.key)


def test_a_locked_key_is_refused(tmp_path: Path, signing: Files) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    locked = tmp_path / "locked.pem"
    locked.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"secret"),
        )
    )
    assert "locked by a password" in refusal(signing.certificate, locked)


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch, signing: Files) -> None:
    monkeypatch.setitem(sys.modules, "c2pa", None)
    assert "pip install 'blazon[c2pa]'" in refusal(signing.certificate, signing.key)
