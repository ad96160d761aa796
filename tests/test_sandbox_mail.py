"""The mail server that keeps everything."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage

import requests

from sandbox import MailSandbox


def test_a_mail_is_kept_as_it_came() -> None:
    message = EmailMessage()
    message["Subject"] = "Vos clés"
    message["From"], message["To"] = "shop@example.com", "a@example.com"
    message.set_content("plain\n.dot\n")
    message.add_alternative("<p>é</p>", subtype="html")
    message.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="key.png")
    with MailSandbox() as mails:
        with smtplib.SMTP("127.0.0.1", mails.port) as client:
            client.send_message(message)
            client.sendmail("shop@example.com", ["b@example.com", "c@example.com"], "Subject: x\n")
        first, second = mails.app.messages()
        assert (first.to, first.subject) == (("a@example.com",), "Vos clés")
        assert ".dot" in first.body("plain").splitlines()
        assert "<p>é</p>" in first.body("html")
        assert first.attachments() == {"key.png": b"\x89PNG"}
        assert second.to == ("b@example.com", "c@example.com")
        told = requests.get(
            f"{mails.url}/_control/mails", params={"to": "b@example.com"}, timeout=10
        ).json()
        assert [mail["number"] for mail in told] == [2]
        assert "Vos clés" in requests.get(mails.url, timeout=10).text
        requests.delete(f"{mails.url}/_control/mails", timeout=10)
        assert mails.app.messages() == []
