"""What customers stop wanting, or want again, told as events."""

from sqlmodel import Session

from public_works.events.log import tell
from symphainy.json import Json

__all__ = ["tell_wish"]


def tell_wish(
    session: Session,
    tenant: str,
    customer: str,
    *,
    wanted: bool,
    channel: str,
    scope: str,
    environment: str,
    **more: str | None,
) -> None:
    """Have it told, when this transaction is kept, what a customer wants of a channel.

    `scope` is that of a suppression; an empty `channel` is every channel. Neither address nor
    anything that was written is told.
    """
    kind, _, name = scope.partition(":")
    data: dict[str, Json] = {"customer": customer, "channel": channel or None, "scope": scope}
    if kind == "topic":
        data["topic"] = name
    what = "resubscribed" if wanted else "unsubscribed"
    data |= {name: one for name, one in more.items() if one is not None}
    tell(
        session,
        tenant,
        f"customer.{what}",
        environment=environment,
        subject=customer,
        data=data,
    )
