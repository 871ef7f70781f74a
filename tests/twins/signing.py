"""How providers sign what they tell, from their documentation and not from our code."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from symphainy.delivery import Callback

__all__ = ["SendGridSigner", "SnsSigner", "twilio_form"]


def twilio_form(
    url: str, fields: Mapping[str, str], token: str, *, at: datetime | None = None
) -> Callback:
    """A form that Twilio posts."""
    signed = url + "".join(name + fields[name] for name in sorted(fields))
    mac = hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()
    headers = {
        "content-type": "application/x-www-form-urlencoded; charset=UTF-8",
        "x-twilio-signature": base64.b64encode(mac).decode(),
    }
    body = urlencode(fields).encode()
    return Callback(method="POST", url=url, headers=headers, body=body, at=at or datetime.now(UTC))


@dataclass
class SendGridSigner:
    """An account whose webhooks are signed."""

    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    @property
    def public(self) -> str:
        """What SendGrid shows as the verification key."""
        public = self.key.public_key()
        octets = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return base64.b64encode(octets).decode()

    def post(
        self,
        url: str,
        body: bytes,
        *,
        kind: str = "application/json",
        at: datetime | None = None,
    ) -> Callback:
        """A request with that body."""
        moment = at or datetime.now(UTC)
        stamp = str(int(moment.timestamp()))
        signature = self.key.sign(stamp.encode() + body, ec.ECDSA(hashes.SHA256()))
        headers = {
            "content-type": kind,
            "x-twilio-email-event-webhook-signature": base64.b64encode(signature).decode(),
            "x-twilio-email-event-webhook-timestamp": stamp,
        }
        return Callback(method="POST", url=url, headers=headers, body=body, at=moment)


@dataclass
class SnsSigner:
    """Amazon SNS with a certificate of its own, which `host` serves at `path`."""

    host: str = "sns.eu-central-1.amazonaws.com"
    path: str = "/SimpleNotificationService-twin.pem"
    topic: str = "arn:aws:sns:eu-central-1:123456789012:ses-events"
    version: str = "2"
    key: rsa.RSAPrivateKey = field(
        default_factory=lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048)
    )

    @property
    def certificate(self) -> bytes:
        """What `host` serves."""
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.key.public_key())
            .serial_number(7)
            .not_valid_before(now - timedelta(days=400))
            .not_valid_after(now + timedelta(days=400))
            .sign(self.key, hashes.SHA256())
            .public_bytes(Encoding.PEM)
        )

    def post(
        self,
        url: str,
        message: object,
        *,
        id: str,
        kind: str = "Notification",
        at: datetime | None = None,
        **more: str,
    ) -> Callback:
        """A request that brings `message`."""
        moment = at or datetime.now(UTC)
        document = {
            "Type": kind,
            "MessageId": id,
            "TopicArn": self.topic,
            "Message": message if isinstance(message, str) else json.dumps(message),
            "Timestamp": moment.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "SignatureVersion": self.version,
            "SigningCertURL": f"https://{self.host}{self.path}",
            **more,
        }
        names = ("Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token")
        parts = [one for one in (*names, "TopicArn", "Type") if one in document]
        canonical = "".join(f"{one}\n{document[one]}\n" for one in parts)
        algorithm = hashes.SHA256() if self.version == "2" else hashes.SHA1()
        signature = self.key.sign(canonical.encode(), padding.PKCS1v15(), algorithm)
        document["Signature"] = base64.b64encode(signature).decode()
        headers = {"content-type": "text/plain; charset=UTF-8", "x-amz-sns-message-type": kind}
        body = json.dumps(document).encode()
        return Callback(method="POST", url=url, headers=headers, body=body, at=moment)
