"""Messages to a real SMTP server and into a folder: taken, refused, broken off, away."""

import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from environs import EnvValidationError

from shared.mail.letters import Letter, Sender, message_of
from shared.mail.transports import Folder, NotSent, Smtp, transport_of
from shared.settings import Settings, from_environment
from shared.standards.mail_address import MailAddress
from shared.store.base import new_id
from shared.testing.rabbitmq_engines import free_ports
from shared.testing.smtp import MailServer

TO = "unit@example.com"


def message(text: str = "请缴纳会费。", to: str = TO):  # type: ignore[no-untyped-def]
    sender = Sender("协会", "dues@association.example")
    return message_of(
        Letter("会费", text), id=new_id(), sender=sender, to=MailAddress.parse(to), written_at=datetime.now(UTC)
    )


def plain(server: MailServer) -> Smtp:
    return Smtp("127.0.0.1", server.port, "none", "association.example")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 and its key, in one file; it vouches for itself."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    file = tmp_path_factory.mktemp("tls") / "mail.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as running:
        yield running


def test_a_message_arrives(server: MailServer) -> None:
    mail = message("汾河水长流。" * 500)
    plain(server).send(mail)
    (got,) = server.got
    assert (got["Message-ID"], got["To"]) == (mail["Message-ID"], TO)
    assert got.get_content() == mail.get_content()


@pytest.mark.parametrize(("answer", "final"), [("550 no such mailbox unit@example.com", True), ("450 full", False)])
def test_a_refused_recipient_is_final_or_not_and_is_not_named(server: MailServer, answer: str, final: bool) -> None:
    server.refuse(TO, answer)
    with pytest.raises(NotSent) as failed:
        plain(server).send(message())
    assert (failed.value.code, failed.value.final) == (f"recipient-refused {answer[:3]}", final)
    assert failed.value.__cause__ is None
    assert server.got == []


def test_a_server_that_hangs_up_in_the_middle(server: MailServer) -> None:
    server.break_off(1)
    with pytest.raises(NotSent) as failed:
        plain(server).send(message())
    assert (failed.value.code, failed.value.final) == ("broken-off", False)
    plain(server).send(message())


def test_a_server_that_is_away() -> None:
    (port,) = free_ports(1)
    with pytest.raises(NotSent) as failed:
        Smtp("127.0.0.1", port, "none", "association.example").send(message())
    assert (failed.value.code, failed.value.final) == ("away", False)


def test_nothing_goes_out_without_tls_unless_that_was_said(server: MailServer) -> None:
    with pytest.raises(NotSent) as failed:
        Smtp("127.0.0.1", server.port, "starttls", "association.example").send(message())
    assert (failed.value.code, failed.value.final) == ("tls", False)
    assert server.got == []


def test_tls_with_a_certificate_one_trusts_and_a_login(certificate: Path) -> None:
    with MailServer(certificate=certificate, login=("dues", "secret")) as server:
        url = f"smtp://127.0.0.1:{server.port}?ca={certificate}"
        settings = Settings(mail=url, mail_from="dues@association.example", mail_user="dues", mail_password="secret")
        transport_of(settings).send(message())
        assert len(server.got) == 1
        for changed, code in (({"password": "wrong"}, "sign-in 535"), ({"ca": None}, "tls")):
            given = {"user": "dues", "password": "secret", "ca": str(certificate), **changed}
            with pytest.raises(NotSent) as failed:
                Smtp("127.0.0.1", server.port, "starttls", "association.example", **given).send(message())
            assert failed.value.code == code
        assert len(server.got) == 1


def test_a_folder_holds_each_message_once_for_nobody_else(tmp_path: Path) -> None:
    folder, mail = Folder(tmp_path / "outbox"), message()
    folder.send(mail)
    folder.send(mail)
    (file,) = (tmp_path / "outbox").iterdir()
    assert file.suffix == ".eml"
    assert file.stem in mail["Message-ID"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_bytes() == mail.as_bytes()


def test_a_folder_that_cannot_be_written_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(NotSent) as failed:
        Folder(tmp_path / "file").send(message())
    assert (failed.value.code, failed.value.final) == ("folder", False)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("", Folder(Path("data/outbox"))),
        ("outbox", Folder(Path("data/outbox"))),
        ("smtp://mail.example", Smtp("mail.example", 587, "starttls", "localhost")),
        ("smtp://127.0.0.1:25?tls=none", Smtp("127.0.0.1", 25, "none", "localhost")),
        ("smtps://mail.example", Smtp("mail.example", 465, "tls", "localhost")),
    ],
)
def test_settings_say_how_mail_leaves(monkeypatch: pytest.MonkeyPatch, value: str, found: object) -> None:
    monkeypatch.setenv("XIEHUI_MAIL", value)
    assert transport_of(from_environment()) == found


@pytest.mark.parametrize(
    "value",
    [
        *("mail.example", "http://mail.example", "smtp://", "smtp://mail.example:0", "smtp://mail.example:99999"),
        *("smtp://dues:secret@mail.example", "smtp://mail.example?tls=perhaps", "smtp://mail.example?starttls=no"),
    ],
)
def test_a_setting_that_cannot_be_read_is_named(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("XIEHUI_MAIL", value)
    with pytest.raises(EnvValidationError, match="XIEHUI_MAIL"):
        from_environment()


@pytest.mark.parametrize("value", ["dues", "协会@association.example", "Dues <dues@association.example>", "a@b\nX: y"])
def test_who_mail_comes_from_is_a_bare_address(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("XIEHUI_MAIL_FROM", value)
    with pytest.raises(EnvValidationError, match="XIEHUI_MAIL_FROM"):
        from_environment()


def test_the_password_comes_from_a_file_and_is_never_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("漳河水长流\n")
    monkeypatch.setenv("XIEHUI_MAIL_PASSWORD_FILE", str(tmp_path / "password"))
    settings = from_environment()
    assert settings.mail_password == "漳河水长流"
    assert "漳河水长流" not in repr(settings)
