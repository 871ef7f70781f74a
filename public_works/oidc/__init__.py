"""OpenID providers: where their keys are, whether one of them signed a token, and signing in."""

from public_works.oidc.code_flow import Door, asked_for, door, redeemed
from public_works.oidc.keys import PATIENCE, Key, ProviderKeys
from public_works.oidc.verifying import verified

__all__ = [
    "PATIENCE",
    "Door",
    "Key",
    "ProviderKeys",
    "asked_for",
    "door",
    "redeemed",
    "verified",
]
