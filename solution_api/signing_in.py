"""Signing in at pages, by an identity provider, a key or a printed link: the browser gets nothing
but a cookie of ours."""

import asyncio
import hmac
import json
import secrets
import time
from collections.abc import Mapping
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import BaseModel, ConfigDict, ValidationError

from public_works.audit import Act
from public_works.issuers import IssuerRecord
from public_works.keys import Holder
from public_works.oidc import Door, asked_for, door, redeemed, verified
from public_works.sign_ins import SignIn
from smart_city.audit import Actor, Subject, named
from smart_city.id_tokens import KINDS, arrival
from smart_city.tokens import head
from smart_city.trust import SignInBy
from solution_api.auditing import acting, actor_of
from solution_api.bearers import OWNER
from solution_api.services import Services
from solution_api.tickets import Ticket
from symphainy.errors import Refused
from symphainy.identity import Principal
from symphainy.plan import SecretPart

__all__ = [
    "MINUTES",
    "Pending",
    "arrive",
    "by_key",
    "by_link",
    "ended",
    "leave_for",
    "opened",
    "sealed",
]

MINUTES = 10
"""How long somebody may take at their provider."""
NONCE = 12
RETURN = "/sign-in/return"
BEGUN = "sign-in.begun"
SOMEBODY = Actor(id="somebody", kind="user")


class Pending(BaseModel):
    """A sign-in that began in one browser, as that browser keeps it, sealed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tenant: str
    issuer: str
    state: str
    nonce: str
    verifier: str
    to: str
    until: float


class Departure(NamedTuple):
    """Where a browser goes to sign in, and what it takes along."""

    url: str
    pending: Pending


def sealed(services: Services, pending: Pending) -> str:
    """`pending` as a cookie, which its browser cannot read."""
    nonce = secrets.token_bytes(NONCE)
    content = pending.model_dump_json().encode()
    return (nonce + _cipher(services).encrypt(nonce, content, None)).hex()


def opened(services: Services, text: str | None) -> Pending | None:
    """What a browser kept, if it is genuine and its time is not over."""
    try:
        raw = bytes.fromhex(text or "")
        content = _cipher(services).decrypt(raw[:NONCE], raw[NONCE:], None)
        found = Pending.model_validate_json(content)
    except (ValueError, InvalidTag, ValidationError):
        return None
    return found if time.time() < found.until else None


async def leave_for(
    services: Services, tenant: str, issuer: str, *, base: str, to: str
) -> Departure:
    """The way to a provider of the tenant. Refused `issuer.missing`, Unavailable
    `issuer.unavailable`."""
    record, client = await _signs_in(services, tenant, issuer)
    there = await _door(services, record)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    until = time.time() + MINUTES * 60
    pending = Pending(
        tenant=tenant,
        issuer=issuer,
        state=state,
        nonce=nonce,
        verifier=verifier,
        to=to,
        until=until,
    )
    said = record.said
    asked = {
        "client_id": client.client,
        "redirect_uri": base + RETURN,
        "scope": " ".join(dict.fromkeys(("openid", *client.scopes))),
        "state": state,
        "nonce": nonce,
    }
    if said.step_up and said.step_up.acr:
        asked["acr_values"] = " ".join(said.step_up.acr)
    if said.step_up and said.step_up.max_age is not None:
        asked["max_age"] = str(said.step_up.max_age)
    return Departure(asked_for(there, verifier, asked), pending)


async def arrive(
    services: Services, pending: Pending, answer: Mapping[str, str], *, base: str
) -> tuple[SignIn, str]:
    """The sign-in that a provider's answer to `pending` leads to, and what proves it.

    Refused: issuer.missing, issuer.sign-in, token.…; Unavailable `issuer.unavailable`. Who signed
    in and who did not is in the audit log.
    """
    subject = _subject(secrets.token_hex(8))
    details = {"issuer": named(pending.issuer)}
    act = Act(pending.tenant, SOMEBODY, BEGUN, subject, {**details})
    try:
        async with acting(services, act):
            return await _arrived(services, pending, answer, base, act)
    except Refused as refusal:
        if not act.written:
            entry = act.entry(refusal.code, "refused")
            await asyncio.to_thread(services.stores.audit.record, act.tenant, entry)
        raise


async def by_key(services: Services, holder: Holder) -> str:
    """What proves a new sign-in of the holder of a key, on record."""
    by, id = holder.principal, secrets.token_hex(8)
    details = {"key": holder.key}
    async with acting(services, Act(by.tenant, actor_of(by), BEGUN, _subject(id), {**details})):
        begin = services.stores.sign_ins.begin
        _, text = await asyncio.to_thread(begin, by.tenant, id=id, key=holder.key, principal=by.id)
    return text


async def by_link(services: Services, ticket: Ticket) -> str:
    """What proves a new sign-in of whoever runs the platform, on record. Refused `issuer.sign-in`
    when the ticket was used before."""
    act = Act(ticket.tenant, Actor(id=OWNER, kind="user"), BEGUN, _subject(ticket.id), {})
    async with acting(services, act):
        begin = services.stores.sign_ins.begin
        _, text = await asyncio.to_thread(begin, ticket.tenant, id=ticket.id, principal=OWNER)
    return text


async def ended(services: Services, id: str, by: Principal) -> None:
    """Let a sign-in of `by` be over, on record."""
    async with acting(services, Act(by.tenant, actor_of(by), "sign-in.ended", _subject(id))):
        await asyncio.to_thread(services.stores.sign_ins.end, by.tenant, id)


def _subject(id: str) -> Subject:
    return Subject(type="sign-in", id=id)


async def _arrived(
    services: Services, pending: Pending, answer: Mapping[str, str], base: str, act: Act
) -> tuple[SignIn, str]:
    record, client = await _signs_in(services, pending.tenant, pending.issuer)
    if not hmac.compare_digest(answer.get("state", "").encode(), pending.state.encode()):
        raise Refused("issuer.sign-in", "The answer is to another question than this browser's.")
    there = await _door(services, record)
    # RFC 9207: without it one provider could hand over the code of another.
    if answer.get("iss", there.issuer if not there.names_itself else None) != there.issuer:
        raise Refused("issuer.sign-in", "The answer is of another provider.")
    if "code" not in answer:
        raise Refused("issuer.sign-in", "The identity provider signed you in nowhere.")
    text = await redeemed(
        services.bearers.egress,
        there,
        services.bearers.patience,
        code=answer["code"],
        verifier=pending.verifier,
        redirect=base + RETURN,
        client=client.client,
        secret=await asyncio.to_thread(_secret, services, record.tenant, client.secret),
    )
    claims = await _claims(services, record.said.issuer, text)
    who = arrival(claims, record.said, nonce=pending.nonce, now=time.time())
    principal, person = await asyncio.to_thread(services.bearers.arrived, who, record)
    act.actor = Actor(id=named(principal), kind="user")
    return await asyncio.to_thread(
        services.stores.sign_ins.begin,
        record.tenant,
        id=act.subject.id,
        issuer=record.id,
        provider=record.said.issuer,
        principal=principal,
        person=person.id if person else None,
        roles=who.roles,
        how=who.how,
    )


async def _claims(services: Services, issuer: str, text: str) -> Mapping[str, object]:
    """What an ID token says that a key of the issuer signed. Refused `token.…`."""
    said = head(text, KINDS)
    key = await services.bearers.keys.find(issuer, said.kid)
    if key is None:
        raise Refused("token.signature", "The issuer has no such key.")
    return verified(text, said.algorithm, key)


async def _signs_in(services: Services, tenant: str, issuer: str) -> tuple[IssuerRecord, SignInBy]:
    record = await asyncio.to_thread(services.bearers.issuer, tenant, issuer)
    if record is None or record.said.sign_in is None:
        raise Refused("issuer.missing", "Nobody signs in that way.")
    return record, record.said.sign_in


async def _door(services: Services, record: IssuerRecord) -> Door:
    bearers = services.bearers
    return await door(bearers.egress, record.said.issuer, bearers.patience)


def _secret(services: Services, tenant: str, name: str | None) -> str | None:
    if name is None:
        return None
    found = services.vault.read(tenant, SecretPart(secret=name, path=()))
    return found if isinstance(found, str) else json.dumps(found)


def _cipher(services: Services) -> AESGCM:
    return AESGCM(hmac.digest(services.pepper, b"symphainy.sign-in-pending.v1", "sha256"))
