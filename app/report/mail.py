"""How a message reaches a mail program: as a link, or as a draft in a file."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import quote

from app.report.messages import Message

#: Longest mailto link that every Windows mail program takes.
LONGEST_LINK = 1_900
_PASTE_HERE = "Please paste the prepared text here: it is on the clipboard."


@dataclass(frozen=True)
class MailLink:
    """A `mailto:` link. Where the text did not fit, `complete` is False: it is to be copied too."""

    url: str
    complete: bool


def mail_link(message: Message) -> MailLink:
    """A `mailto:` link with subject and text; it cannot carry an attachment."""
    url = _link(message, message.text)
    if len(url) <= LONGEST_LINK:
        return MailLink(url, True)
    short = Message(message.to, message.subject[:200], _PASTE_HERE)
    return MailLink(_link(short, short.text), False)


def eml(
    message: Message, made_at: datetime, *, attachment: tuple[str, bytes] | None = None
) -> bytes:
    """The message as an .eml file that mail programs open as a draft to be sent.

    Args:
        message: the text as it shall go out.
        made_at: its date, aware.
        attachment: file name and content of a PDF.
    """
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = _one_line(message.subject)
    if message.to:
        mail["To"] = _one_line(message.to)
    mail["Date"] = format_datetime(made_at)
    # Outlook opens a message marked so for editing, instead of showing it as received.
    mail["X-Unsent"] = "1"
    mail.set_content(message.text, charset="utf-8", cte="quoted-printable")
    if attachment is not None:
        name, content = attachment
        mail.add_attachment(content, maintype="application", subtype="pdf", filename=name)
        # The same bytes for the same message: no boundary by chance.
        mail.set_boundary(f"=_{hashlib.sha256(content).hexdigest()[:40]}")
    return mail.as_bytes()


def _link(message: Message, text: str) -> str:
    body = quote(text.replace("\n", "\r\n"), safe="")
    subject = quote(_one_line(message.subject), safe="")
    return f"mailto:{quote(message.to, safe='@')}?subject={subject}&body={body}"


def _one_line(text: str) -> str:
    return " ".join(text.split())
