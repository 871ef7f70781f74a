"""Hand mails to a mail server by SMTP."""

from experience_adapters.smtp.adapter import ADAPTERS, SmtpEmail

__all__ = ["ADAPTERS", "SmtpEmail"]
