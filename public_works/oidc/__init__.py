"""OpenID providers: where their keys are, and whether one of them signed a token."""

from public_works.oidc.keys import PATIENCE, Key, ProviderKeys
from public_works.oidc.verifying import verified

__all__ = ["PATIENCE", "Key", "ProviderKeys", "verified"]
