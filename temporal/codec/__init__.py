"""The codec: what runs carry is sealed before it reaches Temporal, each tenant's with its keys."""

from temporal.codec.codec import PLATFORM, TenantCodec, codec_of
from temporal.codec.converter import RefusingConverter, Unread
from temporal.codec.histories import converter_for, local_activity
from temporal.codec.sealing import ENCODING, key_of, opened, sealed

__all__ = [
    "ENCODING",
    "PLATFORM",
    "RefusingConverter",
    "TenantCodec",
    "Unread",
    "codec_of",
    "converter_for",
    "key_of",
    "local_activity",
    "opened",
    "sealed",
]
