"""What every mail adapter needs: the rules of a mail, and its MIME form."""

from experience_adapters.mail.mime import built, encoded, message_id, spelled
from experience_adapters.mail.rules import Mailbox, flaws, mailbox

__all__ = ["Mailbox", "built", "encoded", "flaws", "mailbox", "message_id", "spelled"]
