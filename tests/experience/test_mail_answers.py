"""Of a mail that answers, what is new is heard, whatever the mail program puts below."""

import pytest

from experience_adapters.mail.answers import fields, is_automatic, plain, said

LONG = "It is a long story, " * 60


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("Yes.\n\nOn Mon, Jan 5, 2026 at 9:00 AM Bill <a@b.example> wrote:\n> Ok?\n", "Yes."),
        ("Ja.\n\nAm 05.01.2026 um 09:00 schrieb Bill <a@b.example>:\n> Ok?\n", "Ja."),
        ("Oui.\n\nLe lun. 5 janv. 2026 à 09:00, Bill <a@b.example> a écrit :\n> Ok?\n", "Oui."),
        ("Two\n\nparagraphs.\n\n-- \nMaria\n", "Two\n\nparagraphs."),
        (f"{LONG}\nbut yes.\n\nOn Monday Bill <a@b.example> wrote:\n> Ok?", f"{LONG}\nbut yes."),
        ("  \n\nJust this.", "Just this."),
        ("> only\n> a quote", "> only\n> a quote"),
        ("", ""),
    ],
    ids=range(8),
)
def test_what_is_new_is_heard(text: str, new: str) -> None:
    assert said(text) == new


@pytest.mark.parametrize("text", ["On " * 30_000, "On\n" * 30_000, "-" * 90_000])
def test_no_mail_keeps_a_worker_busy(text: str) -> None:
    # Without bounds the library would take minutes, or hours.
    assert said(text) == text.strip()


def test_a_form_is_read_in_the_charset_that_it_says() -> None:
    head = b'--B\r\nContent-Disposition: form-data; name="%s"\r\n\r\n'
    body = b"".join(
        head % name + value + b"\r\n"
        for name, value in (
            (b"charsets", b'{"text": "iso-8859-1", "subject": "no-such"}'),
            (b"text", "Grüße".encode("latin-1")),
            (b"subject", "Grüße".encode()),
        )
    )
    file = b'--B\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\n\r\nx\r\n--B--'

    found = fields(body + file, "multipart/form-data; boundary=B")

    assert (found["text"], found["subject"], "f" in found) == ("Grüße", "Grüße", False)
    assert fields(b"\0\xff", "multipart/form-data") == {}


def test_html_is_read_where_there_is_no_text() -> None:
    assert plain(" ", "<p>Yes, <b>please</b>.</p>").strip() == "Yes, please."
    assert plain("No.", "<p>Yes.</p>") == "No."


def test_what_nobody_wrote_is_automatic() -> None:
    assert is_automatic({"auto-submitted": "auto-replied"})
    assert is_automatic({"precedence": "bulk"})
    assert not is_automatic({"auto-submitted": "no"})
    assert not is_automatic({})
