"""Codes of the area `codec`: payloads that are sealed, and the keys they take."""

from symphainy.codes.code import Code

__all__ = ["CODES"]

CODES: tuple[Code, ...] = (
    Code(
        "codec.plaintext",
        "A payload in Temporal is not sealed",
        "Let clients go through the platform, whose plugin seals what they send. For runs from "
        "before an upgrade set SYMPHAINY_PAYLOAD_PLAINTEXT_BEFORE.",
        409,
    ),
    Code(
        "codec.foreign",
        "A payload in Temporal belongs to another tenant",
        "Find out who put it there: somebody who can write to Temporal, and not the platform.",
        409,
    ),
    Code(
        "codec.forged",
        "A payload in Temporal does not open with the key it names",
        "Find out who changed it; or restore the table of data keys it was sealed with.",
        409,
    ),
    Code(
        "codec.erased",
        "A payload in Temporal was of a customer who was forgotten",
        "Nothing can be done: the key that it was sealed with was thrown away for good.",
        410,
    ),
    Code(
        "codec.key",
        "A data key cannot be opened here",
        "Give the process the master key it is sealed with, by SYMPHAINY_MASTER_KEY or "
        "SYMPHAINY_MASTER_KEYS_BEFORE; what waits for it goes on then.",
        503,
    ),
    Code(
        "codec.no-key",
        "The tenant has no such data key",
        "Let the pool show a key of its own tenant; a customer's key is gone once they are "
        "forgotten.",
        404,
    ),
    Code(
        "codec.namespace",
        "The codec server does not serve that namespace",
        "Let the codec endpoint name the namespace of SYMPHAINY_TEMPORAL_NAMESPACE.",
        404,
    ),
    Code(
        "codec.encode",
        "The codec server seals nothing",
        "Send intents, answers and events over the API: what comes past it has no grant.",
        403,
    ),
    Code(
        "codec.payloads",
        "The body is no list of payloads",
        'Send `{"payloads": [...]}` as Temporal\'s remote codec protocol has it.',
    ),
)
