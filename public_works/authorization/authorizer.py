"""Requests that prove whose they are."""

from collections.abc import Mapping, Sequence

from public_works.authorization.digest import answer
from public_works.authorization.schemes import Authorization, basic, bearer, properties
from public_works.authorization.tokens import Tokens
from public_works.egress import Egress, EgressResponse
from public_works.mask import Mask
from symphainy.definition.authentication import Bearer, OpenIdConnect, Password
from symphainy.json import Json

__all__ = ["Authorizer"]

UNAUTHORIZED = 401


class Authorizer:
    """Turns policies into credentials; keeps the tokens of each tenant apart."""

    def __init__(self, egress: Egress) -> None:
        self._egress = egress
        self._tokens = Tokens(egress)

    async def authorization(
        self, tenant: str, policy: Json, mask: Mask, *, fresh: bool = False
    ) -> Authorization | None:
        """What to present, for whatever protocol; None for digest, which answers a challenge.

        `policy` has its secrets in place (`mask.filled`); `mask` learns what must not be shown.
        `fresh` gets a new token after the server did not take the one before. Raises Refused
        (`authentication.properties`, `authentication.token`, `authentication.grant`) and
        Unavailable (`authentication.authority`).
        """
        scheme, given = properties(policy)
        found: Authorization | None = None
        if isinstance(given, Bearer):
            found = bearer(given.token)
        elif isinstance(given, OpenIdConnect):
            found = bearer(await self._tokens.token(tenant, given, fresh=fresh))
        elif scheme == "basic":
            found = basic(given)
        if found is not None:
            mask.add(found.parameter)
        return found

    async def request(
        self,
        tenant: str,
        policy: Json,
        mask: Mask,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        params: Sequence[tuple[str, str]] | None = None,
        timeout: float = 30.0,
        follow: int = 0,
    ) -> EgressResponse:
        """The answer to a request that is authorized by `policy`, if there is one.

        A server that answers 401 did nothing: it is asked once more, with a new token or with
        the answer to its digest challenge. Raises like `Egress.request` and `authorization`.
        """

        async def ask(authorization: str | None) -> EgressResponse:
            plain = {k: v for k, v in (headers or {}).items() if k.lower() != "authorization"}
            sent = {**plain, "authorization": authorization} if authorization else headers
            return await self._egress.request(
                method,
                url,
                headers=sent,
                content=content,
                params=params,
                timeout=timeout,
                follow=follow,
            )

        if policy is None:
            return await ask(None)
        _, given = properties(policy)
        found = await self.authorization(tenant, policy, mask)
        told = await ask(found.header if found else None)
        if told.status != UNAUTHORIZED:
            return told
        if isinstance(given, Password):
            header = answer(given, method, told) if found is None else None
            return await ask(header) if header else told
        if isinstance(given, OpenIdConnect):
            found = await self.authorization(tenant, policy, mask, fresh=True)
            return await ask(found.header) if found else told
        return told
