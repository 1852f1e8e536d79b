"""Settings: unsafe ones are refused with their mend, and a production environment leaves Django nothing to say."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from palier.portal.environment import kept_secret, read_environment
from palier.rulebook.problems import InputProblemsError

SAFE = {
    "PALIER_SECRET_KEY": "k9-" + "abcdefghij0123456789" * 3,
    "PALIER_HOSTS": "portal.example.com",
    "PALIER_MAIL_URL": "smtp://portal:word@mail.example.com:587",
    "PALIER_PROXIES": "1",
}


def problems(**given: str) -> list[str]:
    with pytest.raises(InputProblemsError) as raised:
        read_environment({**SAFE, **given})
    assert all(each.mend for each in raised.value.problems)
    return [str(each.found) for each in raised.value.problems]


def test_a_safe_environment_is_taken() -> None:
    found = read_environment(SAFE)
    assert found.public
    assert (found.proxies, found.mail_from) == (1, "Palier <palier@portal.example.com>")
    assert not read_environment({"PALIER_DEMO": "1"}).public


def test_a_demo_keeps_its_key_so_that_sessions_outlast_a_restart(tmp_path: Path) -> None:
    given = {"PALIER_DEMO": "1", "PALIER_FOLDER": str(tmp_path / "kept")}
    first, second = (read_environment(given, secret=kept_secret).secret_key for _ in range(2))
    assert first == second
    assert len(first) >= 50
    assert first != read_environment({**given, "PALIER_FOLDER": str(tmp_path / "other")}, secret=kept_secret).secret_key
    (kept,) = (tmp_path / "kept").iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600
    assert read_environment({**given, "PALIER_SECRET_KEY": "z" * 60}, secret=kept_secret).secret_key == "z" * 60


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"PALIER_SECRET_KEY": ""}, "PALIER_SECRET_KEY"),
        ({"PALIER_SECRET_KEY": "short"}, "PALIER_SECRET_KEY"),
        ({"PALIER_DEBUG": "1"}, "PALIER_DEBUG"),
        ({"PALIER_DEMO": "yes"}, "PALIER_DEMO"),
        ({"PALIER_DEBUG": "perhaps"}, "PALIER_DEBUG"),
        ({"PALIER_HOSTS": "*"}, "PALIER_HOSTS"),
        ({"PALIER_MAIL_URL": ""}, "PALIER_MAIL_URL"),
        ({"PALIER_MAIL_URL": "http://mail.example.com"}, "PALIER_MAIL_URL"),
        ({"PALIER_MAIL_URL": "smtp://"}, "PALIER_MAIL_URL"),
        ({"PALIER_MAIL_URL": "smtp://mail.example.com:99999"}, "PALIER_MAIL_URL"),
        ({"PALIER_MAIL_FROM": "Palier"}, "PALIER_MAIL_FROM"),
        ({"PALIER_MAIL_FROM": "palier@example.com\nBcc: x@example.com"}, "PALIER_MAIL_FROM"),
        ({"PALIER_HOSTS": "https://portal.example.com"}, "PALIER_HOSTS"),
        ({"PALIER_HOSTS": "portal.example.com:8000"}, "PALIER_HOSTS"),
        ({"PALIER_ADDRESS": "portal.example.com"}, "PALIER_ADDRESS"),
        ({"PALIER_ADDRESS": "http://portal.example.com"}, "PALIER_ADDRESS"),
        ({"DATABASE_URL": "portal.sqlite3"}, "DATABASE_URL"),
        ({"DATABASE_URL": "mysql://palier@localhost/palier"}, "DATABASE_URL"),
        ({"PALIER_PROXIES": "many"}, "PALIER_PROXIES"),
        ({"PALIER_PROXIES": "99"}, "PALIER_PROXIES"),
    ],
)
def test_an_unsafe_setting_is_refused_by_name(given: dict[str, str], named: str) -> None:
    assert problems(**given) == [named]


def test_a_folder_that_cannot_be_made_is_said_in_words(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    done = manage(in_the_way, "-m", "palier.portal", "check")
    assert done.returncode == 1
    assert done.stderr.startswith("The portal does not start.\nPALIER_FOLDER: ")
    assert "Traceback" not in done.stderr


def test_all_that_is_unsafe_is_said_at_once() -> None:
    assert problems(PALIER_SECRET_KEY="x", PALIER_DEMO="1", PALIER_MAIL_URL="") == [  # noqa: S106  # a bad one
        "PALIER_SECRET_KEY",
        "PALIER_DEMO",
        "PALIER_MAIL_URL",
    ]


def manage(tmp_path: Path, *said: str) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PALIER_", "DJANGO_", "DATABASE_"))}
    return subprocess.run(
        [sys.executable, *said],
        env={**kept, **SAFE, "PALIER_FOLDER": str(tmp_path)}, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def test_django_finds_nothing_to_warn_of_in_production(tmp_path: Path) -> None:
    done = manage(tmp_path, "-m", "palier.portal", "check", "--deploy", "--fail-level", "WARNING")
    assert (done.returncode, done.stdout.strip()) == (0, "System check identified no issues (0 silenced)."), done.stderr


def test_cookies_in_production_belong_to_the_host_and_to_no_script(tmp_path: Path) -> None:
    said = (
        "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'palier.portal.settings'\n"
        "import django; django.setup()\n"
        "from django.conf import settings as s\n"
        "for name in ('SESSION', 'CSRF', 'LANGUAGE'):\n"
        "    print(*(getattr(s, f'{name}_COOKIE_{what}') for what in ('NAME', 'SECURE', 'HTTPONLY', 'SAMESITE')))\n"
        "print(s.SECURE_HSTS_SECONDS, s.SECURE_HSTS_INCLUDE_SUBDOMAINS, s.SECURE_SSL_REDIRECT, s.DEBUG)\n"
    )
    done = manage(tmp_path, "-c", said)
    assert done.stdout.splitlines() == [
        "__Host-session True True Lax",
        "__Host-csrf True True Lax",
        "__Host-language True True Lax",
        "31536000 True True False",
    ], done.stderr


def test_a_portal_with_unsafe_settings_does_not_start(tmp_path: Path) -> None:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PALIER_", "DJANGO_", "DATABASE_"))}
    done = subprocess.run(
        [sys.executable, "-m", "palier.portal", "check"], env={**kept, "PALIER_FOLDER": str(tmp_path)},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode != 0
    assert "The portal does not start." in done.stderr
    assert "PALIER_SECRET_KEY: the secret key has 0 characters; expected at least 50" in done.stderr
    assert "make one: python -c" in done.stderr


@pytest.mark.parametrize("asked", [["--help"], ["help"], [], ["migrate", "--help"], ["help", "work"]])
def test_help_needs_no_settings_and_leaves_nothing(tmp_path: Path, asked: list[str]) -> None:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PALIER_", "DJANGO_", "DATABASE_"))}
    done = subprocess.run(
        [sys.executable, "-m", "palier.portal", *asked], env={**kept, "TMPDIR": str(tmp_path)},
        capture_output=True, text=True, check=False, timeout=120, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "palier portal" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_what_is_sent_is_bounded() -> None:
    assert settings.DATA_UPLOAD_MAX_MEMORY_SIZE <= 3_000_000
    assert settings.DATA_UPLOAD_MAX_NUMBER_FILES <= 5
    assert settings.DATA_UPLOAD_MAX_NUMBER_FIELDS <= 2000
