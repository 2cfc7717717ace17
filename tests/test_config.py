"""Settings: what is read, what is refused, and that no secret has a default or shows itself."""

import stat
import threading
from pathlib import Path

import pytest

from config import Settings, WrongSettingError, secret_key


def test_an_empty_environment_keeps_everything_in_one_folder() -> None:
    settings = Settings.from_env({})
    assert settings.data_dir == Path("var").absolute()
    assert settings.database_url == f"sqlite:///{settings.data_dir}/speakup.db"
    assert settings.jobs_database_url == f"sqlite:///{settings.data_dir}/jobs.db"
    assert settings.owner_database_url == settings.database_url
    assert settings.blobs_url == str(settings.data_dir / "blobs")
    assert (settings.scheme, settings.mail_url, settings.clamd) == ("https", None, None)
    assert settings.surfaces == ("public", "staff", "board")


def test_a_postgresql_address_gets_its_driver() -> None:
    settings = Settings.from_env({"SPEAKUP_DATABASE_URL": "postgresql://app@db/speakup"})
    assert settings.database_url == "postgresql+psycopg://app@db/speakup"
    assert not settings.on_sqlite


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SPEAKUP_DATABASE_URL", "mysql://db/speakup"),
        ("SPEAKUP_DATABASE_URL", "sqlite:///:memory:"),
        ("SPEAKUP_DATABASE_URL", "sqlite:///"),
        ("SPEAKUP_JOBS_DATABASE_URL", "speakup.db"),
        ("SPEAKUP_OWNER_DATABASE_URL", "postgresql://owner@db/speakup"),
        ("SPEAKUP_BLOBS_URL", "ftp://host/folder"),
        ("SPEAKUP_SCHEME", "gopher"),
        ("SPEAKUP_SURFACES", "public,papers"),
        ("SPEAKUP_SURFACES", ","),
        ("SPEAKUP_MAIL_URL", "mail.example.org"),
        ("SPEAKUP_MAIL_URL", "smtp://mail.example.org"),
        ("SPEAKUP_MAIL_URL", "notify:template"),
        ("SPEAKUP_NOTIFY_KEY_FILE", "/nowhere/at/all"),
        ("SPEAKUP_CLAMD", "clamd"),
    ],
)
def test_a_value_that_cannot_be_right_is_refused_with_a_sentence(name: str, value: str) -> None:
    with pytest.raises(WrongSettingError) as refused:
        Settings.from_env({name: value})
    assert str(refused.value).endswith(".")


def test_the_jobs_never_share_the_database_of_the_cases() -> None:
    url = "postgresql://app@db/speakup"
    with pytest.raises(WrongSettingError, match="SPEAKUP_JOBS_DATABASE_URL"):
        Settings.from_env({"SPEAKUP_DATABASE_URL": url, "SPEAKUP_JOBS_DATABASE_URL": url})


def test_settings_show_no_password() -> None:
    settings = Settings.from_env(
        {
            "SPEAKUP_DATABASE_URL": "postgresql://app:hush@db/speakup",
            "SPEAKUP_JOBS_DATABASE_URL": "postgresql://jobs:hush@db/jobs",
            "SPEAKUP_MAIL_URL": "smtp://user:hush@mail.example.org",
            "SPEAKUP_MAIL_FROM": "Speak Up <speakup@example.org>",
            "SPEAKUP_BLOBS_URL": "s3://key:hush@bucket/prefix",
        }
    )
    assert "hush" not in repr(settings)


def test_notifys_key_comes_from_its_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("a-key\n")
    settings = Settings.from_env({"SPEAKUP_MAIL_URL": "notify:template", "SPEAKUP_NOTIFY_KEY_FILE": str(file)})
    assert settings.notify_key == "a-key"
    assert "a-key" not in repr(settings)


def test_every_process_gets_the_same_secret_key_and_nobody_else_may_read_it(tmp_path: Path) -> None:
    settings = Settings.from_env({"SPEAKUP_DATA_DIR": str(tmp_path / "data")})
    keys: list[bytes] = []
    starting = [threading.Thread(target=lambda: keys.append(secret_key(settings))) for _ in range(8)]
    for thread in starting:
        thread.start()
    for thread in starting:
        thread.join()
    assert len(keys) == 8
    assert len(set(keys)) == 1
    assert len(keys[0]) == 32
    assert stat.S_IMODE((tmp_path / "data" / "secret_key").stat().st_mode) == 0o600
    assert [each.name for each in (tmp_path / "data").iterdir()] == ["secret_key"]


def test_a_damaged_secret_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_bytes(b"short")
    with pytest.raises(WrongSettingError):
        secret_key(Settings.from_env({"SPEAKUP_DATA_DIR": str(tmp_path)}))
