"""What every mail adapter needs: the rules of a mail, and its MIME form."""

from experience_adapters.mail.addressing import beyond_ascii, with_reply_address
from experience_adapters.mail.mime import built, encoded, message_id, spelled
from experience_adapters.mail.rules import Mailbox, flaws, mailbox

__all__ = [
    "Mailbox",
    "beyond_ascii",
    "built",
    "encoded",
    "flaws",
    "mailbox",
    "message_id",
    "spelled",
    "with_reply_address",
]
