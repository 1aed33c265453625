"""Content credentials: a signed record in the file of who made it and how (C2PA, https://spec.c2pa.org).

Needs the extra `c2pa`. Nothing here asks a network: there is no time stamp from an authority.
"""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from PIL import Image

from blazon.errors import InvalidSetting
from blazon.export.formats import PictureFormat, encode
from blazon.export.provenance import DigitalSourceType, Provenance

# Algorithms of the specification by key: ECDSA by the size of its curve, RSA, Ed25519.
_BY_CURVE: Final = {256: b"es256", 384: b"es384", 521: b"es512"}
# The library knows a ZIP by no media type.
_NAMES: Final = {"application/zip": "zip"}
_RSA: Final = b"ps256"
_ED25519: Final = b"ed25519"
_MISSING: Final = "C2PA_CERTIFICATE needs content credentials, which are not installed; run: pip install 'blazon[c2pa]'"


@dataclass(frozen=True, slots=True)
class Credentials:
    """A certificate chain and its key, ready to sign. Threads may share it."""

    _chain: bytes
    _key: bytes
    _algorithm: bytes

    @classmethod
    def open(cls, certificate: Path, private_key: Path) -> "Credentials":
        """Read a certificate chain (the signer's own first) and its private key, both PEM.

        Raises:
            InvalidSetting: why pictures cannot be signed with them, in one line.
        """
        try:
            import c2pa  # noqa: F401
            from cryptography import x509
        except ImportError:
            raise InvalidSetting(_MISSING) from None
        chain = _read("C2PA_CERTIFICATE", certificate)
        key = _read("C2PA_PRIVATE_KEY", private_key)
        try:
            signer = x509.load_pem_x509_certificates(chain)[0]
        except ValueError:
            raise InvalidSetting(f"C2PA_CERTIFICATE: {certificate} holds no PEM certificate") from None
        algorithm, public = _read_key(key, private_key)
        if _spki(signer.public_key()) != public:
            raise InvalidSetting(f"C2PA_PRIVATE_KEY: {private_key} is not the key of the certificate in {certificate}")
        return cls(chain, key, algorithm)._prove(certificate)

    def sign(self, content: bytes, media_type: str, provenance: Provenance) -> bytes:
        """Return a PNG, JPEG, WebP, SVG, PDF or ZIP with signed credentials that say how it was created.

        Raises:
            InvalidSetting: the certificate is not one that may sign, for example because it has expired.
        """
        import c2pa

        kind = _NAMES.get(media_type, media_type)
        info = c2pa.C2paSignerInfo(self._algorithm, self._chain, self._key, None)
        file = BytesIO()
        try:
            with c2pa.Signer.from_info(info) as signer, c2pa.Builder(_manifest(kind, provenance)) as builder:
                builder.sign(signer, kind, BytesIO(content), file)
        except c2pa.C2paError as error:
            raise InvalidSetting(f"C2PA_CERTIFICATE cannot sign: {_line(error)}") from None
        return file.getvalue()

    def _prove(self, certificate: Path) -> "Credentials":
        """Sign an empty picture, so that a certificate that may not sign is found when the server starts."""
        import c2pa

        trial = Provenance("", 0, "", "", "0", (), DigitalSourceType.DRAWN)
        png = self.sign(encode(Image.new("RGB", (8, 8)), PictureFormat.PNG), PictureFormat.PNG.media_type, trial)
        with c2pa.Reader(PictureFormat.PNG.media_type, BytesIO(png)) as reader:
            if reader.get_validation_state() == "Invalid":
                raise InvalidSetting(f"C2PA_CERTIFICATE: {certificate} does not validate as a signer of credentials")
        return self


def _manifest(media_type: str, provenance: Provenance) -> dict[str, Any]:
    blazon = {"name": "Blazon", "version": provenance.version}
    created = {
        "action": "c2pa.created",
        "digitalSourceType": str(provenance.digital_source_type),
        "softwareAgent": blazon,
    } | ({"when": provenance.moment} if provenance.moment else {})
    return {
        "claim_generator_info": [blazon],
        "format": media_type,
        "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [created]}}],
    }


def _read(setting: str, path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidSetting(f"{setting}: {path} cannot be read: {error.strerror}") from None


def _read_key(pem: bytes, path: Path) -> tuple[bytes, bytes]:
    """Return the algorithm that a private key signs with, and its public key."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(pem, password=None)
    except TypeError:
        raise InvalidSetting(f"C2PA_PRIVATE_KEY: {path} is locked by a password; store it without one") from None
    except (ValueError, UnsupportedAlgorithm):
        raise InvalidSetting(f"C2PA_PRIVATE_KEY: {path} holds no PEM private key") from None
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.key_size in _BY_CURVE:
        return _BY_CURVE[key.curve.key_size], _spki(key.public_key())
    if isinstance(key, rsa.RSAPrivateKey):
        return _RSA, _spki(key.public_key())
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return _ED25519, _spki(key.public_key())
    raise InvalidSetting(f"C2PA_PRIVATE_KEY: {path} is not a key on P-256, P-384 or P-521, of RSA or Ed25519")


def _spki(key: Any) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return bytes(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
