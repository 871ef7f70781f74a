"""Whether a provider's key signed a token."""

from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from joserfc import jwt
from joserfc.errors import JoseError

from public_works.oidc.keys import Key
from symphainy.errors import Refused

__all__ = ["verified"]


def verified(text: str, algorithm: str, key: Key) -> dict[str, Any]:
    """The claims of the token `text`, if `key` signed it by that very algorithm.

    Refused `token.signature`.
    """
    meant = key.as_dict(private=False).get("alg", algorithm)
    try:
        if meant == algorithm:
            return dict(jwt.decode(text, key, algorithms=[algorithm]).claims)
    except (JoseError, UnsupportedAlgorithm, ValueError, TypeError, RecursionError):
        pass
    raise Refused("token.signature", "None of the issuer's keys signed this token.")
