"""journey.profile, as a definition would use it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from activities.journey.profile import Asked, Profile, profile
from symphainy.capability import Call
from symphainy.errors import Refused

MORNING = datetime(2026, 3, 1, 9, tzinfo=UTC)


async def ask(call: Call, customer: str = "c-1", **changes: Any) -> Profile:
    return await profile(call, Asked.model_validate({"customer": customer, "set": changes or None}))


async def test_setting_creates_and_reading_gives_it_back(call: Call) -> None:
    created = await ask(call, name="Ada", email="ada@müller.example", phone="+4312345678")

    assert created.model_dump(mode="json") == {
        "customer": "c-1",
        "name": "Ada",
        "email": "ada@müller.example",
        "phone": "+4312345678",
        "zone": None,
        "locale": None,
        "consents": [],
    }
    assert await ask(call) == created


async def test_what_is_not_set_stays_and_null_clears(call: Call) -> None:
    await ask(call, name="Ada", email="ada@example.com", zone="Europe/Vienna")
    changed = await ask(call, email=None, locale="de-AT")

    assert (changed.name, changed.email, changed.zone, changed.locale) == (
        "Ada",
        None,
        "Europe/Vienna",
        "de-AT",
    )


async def test_the_consent_said_last_counts(call: Call) -> None:
    def said(granted: bool, hours: int) -> dict[str, Any]:
        at = MORNING + timedelta(hours=hours)
        return {"channel": "voice", "purpose": "marketing", "granted": granted, "at": at}

    await ask(call, consents=[said(True, 0)])
    await ask(call, consents=[said(False, 2)])
    known = await ask(call, consents=[said(True, 1)])

    assert [(one.granted, one.at) for one in known.consents] == [
        (False, MORNING + timedelta(hours=2))
    ]


async def test_tenants_do_not_see_each_other_s_customers(call: Call) -> None:
    await ask(call, name="Ada")
    other = Call(
        tenant="globex",
        principal="eve",
        environment="sandbox",
        solution="globex.spy",
        run="run-2",
        step="/do/0/step",
        key="run-2|/do/0/step|0",
        services=call.services,
    )

    with pytest.raises(Refused) as caught:
        await ask(other)
    assert caught.value.code == "profile.unknown"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"zone": "Vienna"}, "profile.zone"),
        ({"zone": "../../etc/passwd"}, "profile.zone"),
        ({"zone": "Europe"}, "profile.zone"),
        ({"zone": ""}, "profile.zone"),
        ({"locale": "de_AT"}, "profile.locale"),
        ({"locale": "german"}, "profile.locale"),
        ({"email": "ada"}, "profile.email"),
        ({"email": "ada@example.com, eve@example.com"}, "profile.email"),
        ({"email": "Ada <ada@example.com>"}, "profile.email"),
        ({"email": "ada@-example.com"}, "profile.email"),
        ({"phone": "01234567"}, "profile.phone"),
        ({"phone": "+43 1 2345678"}, "profile.phone"),
        ({"name": "Ada\nEve"}, "profile.name"),
        ({"name": " "}, "profile.name"),
    ],
)
async def test_a_field_of_the_wrong_shape_is_refused_and_nothing_is_stored(
    call: Call, changes: dict[str, str], code: str
) -> None:
    with pytest.raises(Refused) as caught:
        await ask(call, **changes)

    assert (caught.value.code, caught.value.pointer) == (code, f"/set/{next(iter(changes))}")
    with pytest.raises(Refused, match=r"profile\.unknown"):
        await ask(call)


@pytest.mark.parametrize("zone", ["Europe/Vienna", "America/Argentina/Ushuaia", "UTC"])
async def test_zones_of_the_iana_database_are_known(call: Call, zone: str) -> None:
    assert (await ask(call, zone=zone)).zone == zone


@pytest.mark.parametrize("locale", ["en", "de-AT", "zh-Hant-TW", "es-419", "sl-rozaj-biske"])
async def test_locales_are_language_tags(call: Call, locale: str) -> None:
    assert (await ask(call, locale=locale)).locale == locale


@pytest.mark.parametrize("id", ["", " c-1", "c\n1", "x" * 201])
async def test_an_id_is_short_and_printable(call: Call, id: str) -> None:
    with pytest.raises(Refused) as caught:
        await ask(call, id)

    assert (caught.value.code, caught.value.pointer) == ("profile.id", "/customer")
