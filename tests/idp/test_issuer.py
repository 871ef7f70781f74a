"""`symphainy issuer`: whose access tokens an installation believes."""

import json
from pathlib import Path

from tests.idp.commands import symphainy

ADDRESS = "https://login.example.com"
ADD = ["issuer", "add", "corp", ADDRESS, "--audience", "https://us.example"]
MORE = ["--role", "staff=author", "--role", "staff=viewer", "--client", "crm=operator"]
SAID = {
    "issuer": ADDRESS,
    "audience": "https://us.example",
    "environment": "all",
    "roles": {"claim": "groups", "values": {"staff": ["author", "viewer"]}},
    "clients": {"crm": ["operator"]},
    "agents": {"helper": ["viewer"]},
    "agent": None,
    "service": None,
    "require": {},
    "person": "sub",
    "people": "provisioned",
    "max_token_age": 86_400,
    "step_up": None,
    "sign_in": None,
}


def test_an_issuer_is_added_listed_and_removed(tmp_path: Path) -> None:
    added = symphainy(tmp_path, *ADD, *MORE, "--agent", "helper=viewer", "--people", "provisioned")
    assert (added.code, added.out) == (0, f"local trusts {ADDRESS} as corp.\n")
    listed = symphainy(tmp_path, "issuer", "list", "--json")
    assert json.loads(listed.out) == {"corp": SAID}
    set_too = json.dumps({"set": {"issuer": ADDRESS, "audience": "https://other.example"}})
    listed = symphainy(tmp_path, "issuer", "list", SYMPHAINY_ISSUERS=set_too)
    assert listed.out == (
        f"set               {ADDRESS}  for https://other.example  (settings)\n"
        f"corp              {ADDRESS}  for https://us.example\n"
    )
    assert symphainy(tmp_path, "issuer", "remove", "corp").code == 0
    again = symphainy(tmp_path, "issuer", "remove", "corp")
    assert (again.code, "issuer.missing" in again.err) == (1, True)


def test_an_issuer_signs_people_in_and_asks_more_of_some_roles(tmp_path: Path) -> None:
    client = ["--sign-in", "pages", "--sign-in-secret", "oidc-corp", "--sign-in-scope", "profile"]
    better = ["--step-up", "approver", "--step-up", "tenant-admin", "--amr", "mfa"]
    more = [*client, *better, "--acr", "gold", "--max-age", "3600", "--max-token-age", "900"]
    assert symphainy(tmp_path, *ADD, *more).code == 0
    said = json.loads(symphainy(tmp_path, "issuer", "list", "--json").out)["corp"]
    assert {name: said[name] for name in ("max_token_age", "step_up", "sign_in")} == {
        "max_token_age": 900,
        "step_up": {
            "roles": ["approver", "tenant-admin"],
            "acr": ["gold"],
            "amr": ["mfa"],
            "max_age": 3600,
        },
        "sign_in": {"client": "pages", "secret": "oidc-corp", "scopes": ["profile"]},
    }


def test_what_is_wrong_with_an_issuer_is_said(tmp_path: Path) -> None:
    for wrong, told in (
        (["--role", "staff"], "'staff' is not NAME=ROLE."),
        (["--environment", "a b"], "environment: "),
        (["--max-token-age", "5"], "max_token_age: "),
        (["--amr", "mfa"], "with --step-up ROLE."),
        (["--step-up", "approver"], "Say with --acr, --amr or --max-age"),
        (["--sign-in-secret", "oidc-corp"], "with --sign-in."),
        (["--sign-in", "pages", "--sign-in-secret", "smtp"], "sign_in.secret: "),
    ):
        done = symphainy(tmp_path, *ADD, *wrong)
        assert (done.code, told in done.err) == (1, True)
