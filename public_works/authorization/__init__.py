"""How a request proves whose it is: basic, bearer, digest, OAuth 2 and OpenID Connect."""

from public_works.authorization.authorizer import Authorizer
from public_works.authorization.schemes import Authorization

__all__ = ["Authorization", "Authorizer"]
