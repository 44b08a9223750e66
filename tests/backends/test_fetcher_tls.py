"""TLS against a checked address: the certificate is held to the name, not to the address connected to."""

from __future__ import annotations

import datetime
import ssl
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from presets_app.backends.addresses import HostRule
from presets_app.backends.errors import FetchFailed
from presets_app.backends.fetcher import Fetcher
from tests.backends.servers import reply, victim

NAME = "api.vendor.test"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for NAME with its key, in one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    encoded = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    place = tmp_path_factory.mktemp("tls") / "server.pem"
    place.write_bytes(encoded + made.public_bytes(serialization.Encoding.PEM))
    return place


def secured(certificate: Path):  # type: ignore[no-untyped-def]
    def wrap(server: ThreadingHTTPServer) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)

    return wrap


def test_the_name_goes_into_tls_while_the_checked_address_is_connected_to(certificate: Path) -> None:
    with victim(reply(200, b"{}"), secured(certificate)) as server:
        rule = HostRule(NAME, server.port, loopback=True)
        trust = ssl.create_default_context(cafile=certificate)
        fetcher = Fetcher([rule], resolver=lambda host, port: ["127.0.0.1"], trust=trust)
        assert fetcher.request_json("GET", f"https://{NAME}:{server.port}/") == (200, {})


@pytest.mark.parametrize("name", ["other.vendor.test", NAME])
def test_a_certificate_for_another_name_or_from_nobody_known_is_refused(certificate: Path, name: str) -> None:
    with victim(reply(200, b"{}"), secured(certificate)) as server:
        trust = ssl.create_default_context() if name == NAME else ssl.create_default_context(cafile=certificate)
        rule = HostRule(name, server.port, loopback=True)
        fetcher = Fetcher([rule], resolver=lambda host, port: ["127.0.0.1"], trust=trust)
        with pytest.raises(FetchFailed) as caught:
            fetcher.request_json("POST", f"https://{name}:{server.port}/", {"key": "secret"})
        assert not caught.value.sent
        assert server.hits == []
