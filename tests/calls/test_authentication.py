"""Steps that prove whose they are, over HTTP."""

import pytest

from tests.calls.world import HEAD, SECRETS, World


async def test_basic_from_the_input_as_the_conformance_kit_has_it(world: World) -> None:
    given = await world.platform.output(
        HEAD
        + """
do:
  - login:
      call: http
      with:
        method: get
        endpoint:
          uri: https://httpbin.org/basic-auth/{username}/{password}
          authentication:
            basic: {username: "${ .username }", password: "${ .password }"}
""",
        {"username": "ada", "password": "lovelace"},
    )

    assert given == {"authenticated": True, "user": "ada"}


@pytest.mark.parametrize(
    "scheme", ["basic-auth", "digest-auth/auth", "digest-auth/auth-int,auth"], ids=str
)
async def test_a_named_policy_of_a_whole_secret(world: World, scheme: str) -> None:
    name = scheme.partition("-")[0]
    given = await world.platform.output(
        HEAD
        + f"""
use:
  secrets: [door]
  authentications: {{ours: {{{name}: {{use: door}}}}}}
do:
  - login:
      call: http
      with:
        method: get
        endpoint:
          uri: https://httpbin.org/{scheme}/ada/{SECRETS["door"]["password"]}
          authentication: {{use: ours}}
"""
    )

    assert given == {"authenticated": True, "user": "ada"}


async def test_a_bearer_token_that_is_a_member_of_a_secret(world: World) -> None:
    given = await world.platform.output(
        HEAD
        + """
use: {secrets: [api]}
do:
  - login:
      call: http
      with:
        method: get
        endpoint:
          uri: https://httpbin.org/bearer
          authentication: {bearer: {token: "${ $secrets.api.token }"}}
"""
    )

    assert given == {"authenticated": True, "length": len(SECRETS["api"]["token"])}


OAUTH = """
use: {secrets: [client]}
do:
  - get:
      call: http
      with:
        method: get
        endpoint:
          uri: https://auth.example/protected
          authentication:
            SCHEME:
              authority: "https://{authority}"
              grant: client_credentials
              client: {id: workflow-runtime, secret: "${ $secrets.client }"}
              scopes: [api]
"""


@pytest.mark.parametrize("scheme", ["oauth2", "oidc"])
async def test_a_token_of_an_authority(world: World, scheme: str) -> None:
    given = await world.platform.output(
        HEAD + OAUTH.replace("SCHEME", scheme), {"authority": "auth.example"}
    )

    assert given == {"welcome": "workflow-runtime", "path": "/protected"}


async def test_a_token_is_renewed_once_when_it_is_not_taken_any_more(world: World) -> None:
    definition = HEAD + OAUTH.replace("SCHEME", "oauth2").replace("[api]", "[renewed]")
    await world.platform.output(definition, {"authority": "auth.example"})
    world.authority.forget()

    await world.platform.output(definition, {"authority": "auth.example"})

    asked = [one for one in world.authority.issued if one.get("scope") == "renewed"]
    assert len(asked) == 2


async def test_wrong_credentials_are_an_authentication_error_at_the_task(world: World) -> None:
    problem = await world.platform.problem(
        HEAD
        + """
use: {secrets: [login]}
do:
  - login:
      call: http
      with:
        method: get
        endpoint:
          uri: https://httpbin.org/basic-auth/ada/other
          authentication: {basic: {use: login}}
"""
    )

    base = "https://open-workflow-specification.org/spec/1.0.0/errors/"
    assert (problem["type"], problem["status"], problem["instance"]) == (
        f"{base}authentication",
        401,
        "/do/0/login",
    )


async def test_an_authority_that_refuses_is_an_authentication_error(world: World) -> None:
    definition = OAUTH.replace("SCHEME", "oauth2").replace("workflow-runtime", "nobody")
    problem = await world.platform.problem(HEAD + definition, {"authority": "auth.example"})

    assert (problem["code"], problem["detail"]) == (
        "authentication.token",
        "The authority gave no token: 401 invalid_client.",
    )


async def test_what_a_step_authenticates_with_can_be_sent_elsewhere_too(world: World) -> None:
    await world.platform.output(
        HEAD
        + """
use: {secrets: [api]}
do:
  - tell:
      call: http
      with:
        method: post
        endpoint:
          uri: https://httpbin.org/forwarded
          authentication: {bearer: {use: api}}
        headers: {x-scheme: "${ $authorization.scheme }"}
        body: {token: "${ $authorization.parameter }"}
"""
    )

    asked = world.last("/forwarded")
    assert (asked.headers["x-scheme"], asked.form) == (
        "Bearer",
        {"token": SECRETS["api"]["token"]},
    )


async def test_the_scheme_is_data_after_the_task_and_the_parameter_never(world: World) -> None:
    task = """
use: {secrets: [api]}
do:
  - tell:
      call: http
      with:
        method: get
        endpoint: {uri: "https://httpbin.org/bearer", authentication: {bearer: {use: api}}}
      output: {as: "${ {scheme: $authorization.scheme} }"}
      export: {as: "${ {kept: $authorization.WHAT} }"}
"""
    given = await world.platform.output(HEAD + task.replace("WHAT", "scheme"))
    wrong = await world.platform.compiled(HEAD + task.replace("WHAT", "parameter"))

    assert given == {"scheme": "Bearer"}
    assert [(one.code, one.pointer) for one in wrong.findings if one.severity == "error"] == [
        ("compile.secret-as-data", "/do/0/tell/export/as")
    ]


FINDINGS: list[tuple[str, str, str]] = [
    (
        "compile.unknown-reference",
        "/do/0/get/with/endpoint/authentication/use",
        "{use: ours}",
    ),
    (
        "compile.unknown-reference",
        "/do/0/get/with/endpoint/authentication/basic/use",
        "{basic: {use: logn}}",
    ),
    (
        "compile.authentication",
        "/do/0/get/with/endpoint/authentication/oauth2",
        "{oauth2: {authority: 'https://a.example', grant: authorization_code, "
        "client: {id: a, authentication: none}}}",
    ),
    (
        "compile.authentication",
        "/do/0/get/with/endpoint/authentication/oidc",
        "{oidc: {authority: 'https://a.example', grant: client_credentials, client: {id: a}}}",
    ),
    (
        "compile.credential-in-clear",
        "/do/0/get/with/endpoint/authentication/basic/password",
        "{basic: {username: a, password: b}}",
    ),
]


@pytest.mark.parametrize(("code", "pointer", "policy"), FINDINGS, ids=[one[2] for one in FINDINGS])
async def test_a_policy_that_cannot_work_is_found(
    world: World, code: str, pointer: str, policy: str
) -> None:
    compiled = await world.platform.compiled(
        HEAD
        + f"""
use: {{secrets: [login]}}
do:
  - get:
      call: http
      with:
        method: get
        endpoint: {{uri: "https://httpbin.org/x", authentication: {policy}}}
"""
    )

    found = [(one.code, one.pointer) for one in compiled.findings]
    assert [one for one in found if one[0] != "compile.unused"] == [(code, pointer)]
