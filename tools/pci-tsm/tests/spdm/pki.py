# SPDX-License-Identifier: GPL-2.0
"""Certificate chains of devices, good ones and others."""

import datetime
import functools

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

NAME = "Vendor=1b36:Device=0010:CC=010802:REV=02:SSVID=1af4:SSID=1100"
OTHER_NAME = "Vendor=1b36:Device=0010:CC=010802:REV=02:SSVID=1af4:SSID=1101"

CMA = ObjectIdentifier("2.23.147")
RESPONDER_AUTH = ObjectIdentifier("1.3.6.1.4.1.412.274.3")
REQUESTER_AUTH = ObjectIdentifier("1.3.6.1.4.1.412.274.4")

DAY = datetime.timedelta(days=1)
NOW = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None, microsecond=0)


@functools.lru_cache(maxsize=None)
def make_key(kind, number=0):
    """A key, the same for the same arguments: RSA keys take long to make."""
    curves = {"p256": ec.SECP256R1, "p384": ec.SECP384R1, "p521": ec.SECP521R1,
              "k256": ec.SECP256K1}
    if kind in curves:
        return ec.generate_private_key(curves[kind]())
    if kind == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    return rsa.generate_private_key(public_exponent=65537, key_size=int(kind[3:]))


def utf8(text):
    """A DER UTF8String."""
    data = text if isinstance(text, bytes) else text.encode()
    if len(data) < 128:
        return b"\x0c" + bytes([len(data)]) + data
    return b"\x0c\x82" + len(data).to_bytes(2, "big") + data


def other_name(text, oid=CMA, value=None):
    return x509.OtherName(oid, utf8(text) if value is None else value)


def usage(*names):
    known = ("digital_signature", "content_commitment", "key_encipherment",
             "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign",
             "encipher_only", "decipher_only")
    return x509.KeyUsage(**{name: name in names for name in known})


class Spec:
    """What a certificate has; whatever is None is left out."""

    def __init__(self, subject, key, **changes):
        self.subject = subject
        self.key = key
        self.ca = True
        self.pathlen = None
        self.usage = usage("key_cert_sign", "crl_sign")
        self.eku = None
        self.san = None
        self.begin = NOW - DAY
        self.end = NOW + 3650 * DAY
        self.hash = hashes.SHA384()
        self.extra = []
        self.__dict__.update(changes)


def device_spec(key, **changes):
    spec = {"ca": False, "usage": usage("digital_signature"), "eku": [RESPONDER_AUTH],
            "san": [other_name(NAME)]}
    spec.update(changes)
    return Spec("device", key, **spec)


def subject_name(text):
    return x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Test"),
                      x509.NameAttribute(NameOID.COMMON_NAME, text)])


def sign(spec, issuer, issuer_key):
    builder = (x509.CertificateBuilder()
               .subject_name(subject_name(spec.subject))
               .issuer_name(subject_name(issuer))
               .public_key(spec.key.public_key())
               .serial_number(x509.random_serial_number())
               .not_valid_before(spec.begin).not_valid_after(spec.end))
    if spec.ca is not None:
        builder = builder.add_extension(x509.BasicConstraints(spec.ca, spec.pathlen), True)
    if spec.usage:
        builder = builder.add_extension(spec.usage, True)
    if spec.eku:
        builder = builder.add_extension(x509.ExtendedKeyUsage(spec.eku), False)
    if spec.san:
        builder = builder.add_extension(x509.SubjectAlternativeName(spec.san), False)
    for extension, critical in spec.extra:
        builder = builder.add_extension(extension, critical)
    algorithm = None if isinstance(issuer_key, ed25519.Ed25519PrivateKey) else spec.hash
    return builder.sign(issuer_key, algorithm)


class Chain:
    """Certificates, root first; the last one is the device's."""

    def __init__(self, specs, signers=None):
        """Each is signed by the one before it; signers: by other keys, by index."""
        signers = signers or {}
        self.certs = []
        issuer = specs[0]
        for number, spec in enumerate(specs):
            key = signers.get(number, issuer.key)
            self.certs.append(sign(spec, issuer.subject, key))
            issuer = spec
        self.key = specs[-1].key

    def ders(self):
        return [cert.public_bytes(serialization.Encoding.DER) for cert in self.certs]

    def der(self):
        return b"".join(self.ders())

    def pem(self, number=0):
        return self.certs[number].public_bytes(serialization.Encoding.PEM)


def specs(kind="p384", intermediates=1, device=None, root=None, ca=None):
    """Those of a good chain, with changes to the root, the first CA, the device."""
    spec = {"key": make_key("p384", "root")}
    spec.update(root or {})
    result = [Spec("root", **spec)]
    for number in range(intermediates):
        changes = ca if ca and number == 0 else {}
        spec = {"key": make_key("p384", number)}
        spec.update(changes)
        result.append(Spec(f"ca {number}", **spec))
    spec = {"key": make_key(kind, "device")}
    spec.update(device or {})
    result.append(device_spec(**spec))
    return result


def good(kind="p384", intermediates=1, **changes):
    return Chain(specs(kind, intermediates, **changes))


SERVER_AUTH = ExtendedKeyUsageOID.SERVER_AUTH
CODE_SIGNING = ExtendedKeyUsageOID.CODE_SIGNING
