"""What access tokens say, once their signature is believed."""

import base64
import json
from typing import Any

import pytest
from pydantic import ValidationError

from smart_city.delegation import shared
from smart_city.roles import OwnRole
from smart_city.scope import Scope
from smart_city.step_up import StepUp, withheld
from smart_city.tokens import Bearer, Head, head, looks_like_one, named, read
from smart_city.trust import TrustedIssuer
from symphainy.errors import Refused

NOW = 1_800_000_000
CLAIMS: dict[str, Any] = {
    "iss": "https://login.example",
    "aud": ["https://other.example", "https://us.example"],
    "sub": "ada",
    "client_id": "console",
    "iat": NOW,
    "exp": NOW + 300,
    "groups": ["staff", "ops"],
}
SAID: dict[str, Any] = {
    "issuer": "https://login.example",
    "audience": "https://us.example",
    "roles": {"claim": "groups", "values": {"ops": ["operator"], "leads": ["collections-lead"]}},
    "clients": {"crm": ["author"]},
    "agents": {"helper": ["operator", "author"]},
}
TRUSTED = TrustedIssuer.model_validate(SAID)
ADA = Bearer("user", "ada", None, frozenset({"operator"}), frozenset(), "all", Scope(), "ada")


def trusting(**said: Any) -> TrustedIssuer:
    return TrustedIssuer.model_validate({**SAID, **said})


def segment(value: Any) -> str:
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def token(header: Any, claims: Any = CLAIMS) -> str:
    return f"{segment(header)}.{segment(claims)}.c2ln"


HEADER: dict[str, Any] = {"alg": "ES256", "typ": "at+jwt", "kid": "one"}


def test_a_person_has_the_roles_that_their_groups_are_mapped_to() -> None:
    assert read(CLAIMS, TRUSTED, now=NOW) == ADA


def test_a_claim_may_be_deep_in_an_object_or_have_dots_in_its_name() -> None:
    deep = {**CLAIMS, "realm_access": {"roles": ["ops"]}, "https://a.b/roles": "ops"}
    for claim in ("realm_access.roles", "https://a.b/roles"):
        trusted = trusting(roles={"claim": claim, "values": {"ops": ["operator"]}})
        assert read(deep, trusted, now=NOW).roles == {"operator"}


def test_a_token_of_client_credentials_is_a_service() -> None:
    found = read({**CLAIMS, "sub": "crm", "client_id": "crm", "groups": []}, TRUSTED, now=NOW)
    assert found == Bearer(
        "service", "crm", None, frozenset({"author"}), frozenset(), "all", Scope()
    )


def test_a_service_may_be_told_by_a_claim() -> None:
    trusted = trusting(service={"claim": "idtyp", "values": ["app"]})
    kinds = [read({**CLAIMS, "idtyp": one}, trusted, now=NOW).kind for one in ("app", "user")]
    assert kinds == ["service", "user"]


def test_an_agent_acts_for_whom_the_token_is_about() -> None:
    found = read({**CLAIMS, "act": {"sub": "helper", "act": {"sub": "x"}}}, TRUSTED, now=NOW)
    both = frozenset({"operator", "author"})
    expected = Bearer(
        "agent", "ada", "helper", frozenset({"operator"}), both, "all", Scope(), "ada"
    )
    assert found == expected


def test_an_agent_may_be_told_by_a_claim_with_a_person_or_without() -> None:
    trusted = trusting(agent={"claim": "client_id", "values": ["helper"]})
    asked = {**CLAIMS, "client_id": "helper"}
    found = [read({**asked, "sub": one}, trusted, now=NOW) for one in ("ada", "helper")]
    assert [(one.kind, one.subject, one.agent, one.person) for one in found] == [
        ("agent", "ada", "helper", "ada"),
        ("agent", "helper", None, None),
    ]


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ("openid profile", ("all", Scope())),
        ("symphainy:read", ("all", Scope(read_only=True))),
        ("symphainy:read symphainy:write", ("all", Scope())),
        ("symphainy:solution:acme.a symphainy:solution:acme.b symphainy:environment:staging",
         ("staging", Scope(solutions=("acme.a", "acme.b")))),
        ("symphainy:endpoint:orders", ("all", Scope(endpoints=("orders",)))),
    ],
)  # fmt: skip
def test_scopes_limit_as_those_of_keys_do(scope: str, expected: tuple[str, Scope]) -> None:
    found = read({**CLAIMS, "scope": scope}, TRUSTED, now=NOW)
    assert (found.environment, found.scope) == expected


@pytest.mark.parametrize(
    "scope",
    [
        "symphainy:everything",
        "symphainy:solution:",
        "symphainy:",
        "symphainy:read:all",
        "symphainy:environment:other",
        ["a"],
    ],
)
def test_a_scope_that_says_nothing_known_or_too_much_is_refused(scope: Any) -> None:
    with pytest.raises(Refused, match=r"token\.scope"):
        read({**CLAIMS, "scope": scope}, trusting(environment="staging"), now=NOW)


@pytest.mark.parametrize(
    ("code", "claims"),
    [
        ("token.issuer", {"iss": "https://login.example/"}),
        ("token.audience", {"aud": "https://us.example/"}),
        ("token.audience", {"aud": None}),
        ("token.expired", {"exp": NOW - 30}),
        ("token.expired", {"iat": NOW + 31}),
        ("token.expired", {"nbf": NOW + 31}),
        ("token.claims", {"exp": None}),
        ("token.claims", {"exp": "1900000000"}),
        ("token.claims", {"exp": float("inf")}),
        ("token.claims", {"exp": float("nan")}),
        ("token.claims", {"exp": 10**400}),
        ("token.claims", {"exp": True}),
        ("token.claims", {"iat": None}),
        ("token.claims", {"sub": ""}),
        ("token.claims", {"sub": 7}),
        ("token.claims", {"client_id": None}),
        ("token.claims", {"act": "helper"}),
        ("token.agent", {"act": {"sub": "somebody"}}),
        ("token.claims", {"tid": "other"}),
        ("token.lifetime", {"exp": NOW + 86_401}),
    ],
)
def test_a_token_that_says_something_else_is_refused(code: str, claims: dict[str, Any]) -> None:
    with pytest.raises(Refused) as caught:
        read({"tid": "t-1", **CLAIMS, **claims}, trusting(require={"tid": "t-1"}), now=NOW)
    assert caught.value.code == code


def test_a_tenant_says_how_long_tokens_may_be_good() -> None:
    brief = trusting(max_token_age=300)
    assert read(CLAIMS, brief, now=NOW) == ADA
    with pytest.raises(Refused, match=r"token\.lifetime"):
        read({**CLAIMS, "exp": NOW + 301}, brief, now=NOW)


def test_a_service_needs_no_claim_that_only_people_have() -> None:
    trusted = trusting(person="email")
    crm = {**CLAIMS, "sub": "crm", "client_id": "crm"}
    assert read(crm, trusted, now=NOW).kind == "service"
    with pytest.raises(Refused, match=r"token\.claims"):
        read(CLAIMS, trusted, now=NOW)


@pytest.mark.parametrize(("verified", "good"), [(True, 1), ("true", 1), (False, 0), ("no", 0)])
def test_an_address_that_nobody_verified_is_nobodys(verified: Any, good: bool) -> None:
    claims = {**CLAIMS, "email": "ada@acme.example", "email_verified": verified}
    if good:
        assert read(claims, trusting(person="email"), now=NOW).person == "ada@acme.example"
        return
    with pytest.raises(Refused, match=r"token\.claims"):
        read(claims, trusting(person="email"), now=NOW)


@pytest.mark.parametrize(
    ("asked", "claims", "strong"),
    [
        ({"acr": ["gold"]}, {"acr": "gold"}, True),
        ({"acr": ["gold"]}, {"acr": "silver"}, False),
        ({"acr": ["gold"]}, {}, False),
        ({"acr": ["gold"], "amr": ["mfa"]}, {"acr": "silver", "amr": ["pwd", "mfa"]}, True),
        ({"amr": ["mfa"]}, {"amr": ["pwd"], "acr": "mfa"}, False),
        ({"max_age": 600}, {"auth_time": NOW - 600}, True),
        ({"max_age": 600}, {"auth_time": NOW - 631}, False),
        ({"max_age": 600}, {"auth_time": NOW + 31}, False),
        ({"max_age": 600}, {"auth_time": True}, False),
        ({"max_age": 600}, {"auth_time": -(10**400)}, False),
        ({"max_age": 600}, {}, False),
        ({"acr": ["gold"], "max_age": 600}, {"auth_time": NOW}, False),
        ({"acr": ["gold"], "max_age": 600}, {"acr": "gold"}, False),
        ({"acr": ["gold"], "max_age": 600}, {"acr": "gold", "auth_time": NOW}, True),
    ],
)
def test_how_somebody_signed_in_is_measured_by_what_the_tenant_asks(
    asked: Any, claims: Any, strong: bool
) -> None:
    trusted = trusting(step_up={"roles": ["operator"], **asked})
    assert read({**CLAIMS, **claims}, trusted, now=NOW).strong is strong


def test_roles_that_may_as_much_are_withheld_too() -> None:
    own = {
        "lead": OwnRole(name="lead", actions=frozenset({"read", "review", "approve", "watch"})),
        "money": OwnRole(name="money"),
    }
    every = {"viewer", "reviewer", "approver", "admin", "lead", "money", "finance"}
    asked = StepUp(roles=("approver", "money"), amr=("mfa",))
    assert withheld(every, asked, own) == {"approver", "admin", "lead", "money"}
    assert withheld(every, None, own) == frozenset()


def test_clocks_may_differ_by_less_than_half_a_minute() -> None:
    assert read({**CLAIMS, "exp": NOW - 29, "iat": NOW + 29}, TRUSTED, now=NOW) == ADA


def test_what_a_token_says_of_itself_is_read_before_it_is_believed() -> None:
    expected = Head("ES256", "one", "https://login.example", tuple(CLAIMS["aud"]))
    assert head(token(HEADER)) == expected
    assert head(token({**HEADER, "typ": "application/AT+JWT"})) == expected


@pytest.mark.parametrize(
    "header",
    [
        {**HEADER, "alg": "none"},
        {**HEADER, "alg": "HS256"},
        {**HEADER, "alg": "RSA-OAEP"},
        {**HEADER, "alg": ["ES256"]},
        {**HEADER, "alg": None},
        {**HEADER, "typ": "JWT"},
        {"alg": "ES256", "kid": "one"},
        {**HEADER, "jku": "https://evil.example/keys"},
        {**HEADER, "x5u": "https://evil.example/cert"},
        {**HEADER, "jwk": {}},
        {**HEADER, "x5c": []},
        {**HEADER, "crit": ["exp"]},
        {**HEADER, "b64": False},
    ],
)
def test_other_algorithms_kinds_and_keys_in_the_header_are_refused(header: Any) -> None:
    with pytest.raises(Refused, match=r"token\.kind"):
        head(token(header))


@pytest.mark.parametrize(
    "text",
    [
        "a.b",
        "a.b.c",
        token([]),
        token(HEADER, "x"),
        token({**HEADER, "kid": 7}),
        token(b"[" * 9000),
        token(b"\xff"),
        token(HEADER, {**CLAIMS, "pad": "x" * 16_000}),
    ],
)
def test_what_is_no_token_is_refused(text: str) -> None:
    with pytest.raises(Refused, match=r"token\.malformed"):
        head(text)


def test_a_key_does_not_look_like_a_token() -> None:
    assert not looks_like_one("sym_production_0123456789abcdef_" + "x" * 43 + "_00000000")


def test_ids_of_principals_carry_no_address() -> None:
    assert named("corp", "auth0|17") == "corp:auth0|17"
    digest = named("corp", "ada@acme.example")
    assert named("corp", digest.partition(":")[2]) != digest
    digest = "2a1322415fff1b1aceaebe7855b2c5bd"
    assert named("corp", "ada@acme.example") == f"corp:{digest}"


@pytest.mark.parametrize(
    "issuer",
    ["login.example", "ftp://a.example", "https://a.example?x", "https://a.example#x",
     "https://u:p@a.example", "https://", "https://a b", "https://[", ""],
)  # fmt: skip
def test_an_issuer_is_a_plain_url(issuer: str) -> None:
    with pytest.raises(ValidationError):
        trusting(issuer=issuer)


def test_what_an_issuer_lets_people_services_and_agents_do_is_told() -> None:
    assert TRUSTED.granted == (
        ("user", "operator"),
        ("user", "collections-lead"),
        ("service", "author"),
        ("agent", "operator"),
        ("agent", "author"),
    )


LEAD = {"lead": OwnRole(name="lead", actions=frozenset({"read", "operate"}))}
HERE = {"lead": OwnRole(name="lead", actions=frozenset({"read"}), solutions=("acme.a",))}


@pytest.mark.parametrize(
    ("agent", "user", "own", "both"),
    [
        ({"operator"}, {"tenant-admin"}, {}, {"operator", "viewer"}),
        ({"tenant-admin"}, {"operator"}, {}, {"operator", "viewer"}),
        ({"operator"}, {"author"}, {}, {"viewer"}),
        ({"operator"}, set(), {}, set()),
        (set(), {"operator"}, {}, set()),
        ({"operator", "author"}, {"author", "approver"}, {}, {"author", "viewer"}),
        ({"lead"}, {"lead"}, LEAD, {"lead", "viewer"}),
        ({"lead"}, {"operator"}, LEAD, {"viewer"}),
        ({"viewer"}, {"lead"}, HERE, set()),
    ],
)
def test_an_agent_has_no_right_that_its_user_has_not(
    agent: set[str], user: set[str], own: Any, both: set[str]
) -> None:
    assert shared(agent, user, own) == both
