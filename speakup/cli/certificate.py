"""A certificate for trying the site over HTTPS on one's own machine. No other machine has a reason to trust it."""

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NAMES = ("localhost", "*.localhost", "anytown.localhost", "otherham.localhost")
LASTS = timedelta(days=365)
RENEW_BEFORE = timedelta(days=30)


def local_certificate(folder: Path) -> tuple[Path, Path]:
    """Return the files of certificate and key, made when there are none or they end within a month."""
    certificate, key = folder / "localhost.pem", folder / "localhost.key"
    if not _is_good(certificate) or not key.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _make(certificate, key)
    return certificate, key


def _is_good(path: Path) -> bool:
    if not path.exists():
        return False
    return x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc > datetime.now(UTC) + RENEW_BEFORE


def _make(certificate: Path, key: Path) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Speak Up on this machine")])
    alternatives = [x509.DNSName(each) for each in NAMES]
    addresses = [x509.IPAddress(ipaddress.ip_address(each)) for each in ("127.0.0.1", "::1")]
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + LASTS)
        .add_extension(x509.SubjectAlternativeName([*alternatives, *addresses]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(private, hashes.SHA256())
    )
    plain = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    for path, content in ((key, plain), (certificate, made.public_bytes(serialization.Encoding.PEM))):
        path.touch(mode=0o600)
        path.write_bytes(content)
