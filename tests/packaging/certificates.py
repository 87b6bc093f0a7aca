"""A certificate authority of the tests' own, and what it issues for signing programs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_PASSWORD = "for tests"


def code_signing_certificate(folder: Path) -> Path:
    """Write signing.p12 and password.txt into `folder`; returns the authority's certificate (PEM)."""
    root_key, key = (rsa.generate_private_key(65_537, 2_048) for _ in range(2))
    root_name, name = _name("CAIS Onboarding test authority"), _name("CAIS Onboarding test")
    root = _issue(root_name, root_name, root_key.public_key(), root_key, authority=True)
    leaf = _issue(name, root_name, key.public_key(), root_key, authority=False)
    (folder / "password.txt").write_text(_PASSWORD, encoding="utf-8")
    (folder / "signing.p12").write_bytes(
        pkcs12.serialize_key_and_certificates(
            b"signing", key, leaf, [root], BestAvailableEncryption(_PASSWORD.encode())
        )
    )
    kept = folder / "authority.pem"
    kept.write_bytes(root.public_bytes(Encoding.PEM))
    return kept


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _issue(
    subject: x509.Name,
    issuer: x509.Name,
    public_key: rsa.RSAPublicKey,
    signing_key: rsa.RSAPrivateKey,
    *,
    authority: bool,
) -> x509.Certificate:
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(authority, 0 if authority else None), critical=True)
    )
    if not authority:
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING])
        builder = builder.add_extension(usage, critical=False)
    return builder.sign(signing_key, hashes.SHA256())
