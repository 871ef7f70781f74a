"""What ran before versions were governed goes on, and may be gone back to."""

from alembic import command
from sqlalchemy import text

from public_works.database import Database
from public_works.definitions import Definitions
from public_works.deployments import Back, Deployments
from public_works.migrations import config
from symphainy.identity import Principal

MOMENT = "'2026-11-02 09:30:00'"
ROWS = (
    "INSERT INTO solution (tenant, name, title, paused, latest, created) "
    f"VALUES ('acme', 'acme.a', 'A', false, '1.1.0', {MOMENT})",
    "INSERT INTO plan (digest, plan) VALUES ('sha256:p', '{}')",
    *(
        "INSERT INTO solution_version (tenant, solution, version, digest, plan_digest, text, "
        "media_type, title, author, retired, created) VALUES ('acme', 'acme.a', "
        f"'{version}', 'sha256:d', 'sha256:p', '', 'application/yaml', 'A', 'ada', false, {MOMENT})"
        for version in ("1.0.0", "1.1.0")
    ),
    'INSERT INTO deployment (tenant, solution, environment, version, "by", at) '
    f"VALUES ('acme', 'acme.a', 'production', '1.0.0', 'opal', {MOMENT})",
)


def test_what_ran_before_versions_were_governed_may_be_gone_back_to(url: str):
    database = Database(url)
    with database.engine.begin() as connection:
        command.upgrade(config(connection), "0016")
        for row in ROWS:
            connection.execute(text(row))
    database.migrate()
    definitions = Definitions(database)
    assert definitions.version("acme", "acme.a", "1.0.0").state == "deployed"
    definitions.deploy("acme", "acme.a", "1.1.0", "production", "opal")
    deployments = Deployments(database, lambda _, id: id)
    opal = Principal(tenant="acme", id="opal", kind="user")
    done = deployments.rollback("acme", Back("acme.a", "production"), opal)
    assert (done.version, done.ground) == ("1.0.0", "before")
    grounds = [(one.version, one.ground) for one in deployments.history("acme", "acme.a")]
    assert grounds == [("1.0.0", "before"), ("1.1.0", "free"), ("1.0.0", "before")]
    database.dispose()
