"""Start-up refuses what is missing or unsafe, and says what to set."""

from __future__ import annotations

from dataclasses import replace

import pytest

from marketplace.core.settings import Mode, Settings, SettingsError

SECRET = "s" * 32


def test_a_missing_secret_is_refused_with_the_setting_to_set() -> None:
    with pytest.raises(SettingsError, match="Set SECRET_KEY"):
        Settings.from_environment({})


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(SettingsError, match="at least 32 characters"):
        Settings.from_environment({"SECRET_KEY": "short"})


def test_an_unknown_mode_is_refused_with_the_modes_there_are() -> None:
    with pytest.raises(SettingsError, match="production, demonstration, test"):
        Settings.from_environment({"SECRET_KEY": SECRET, "WEALD_MODE": "debug"})


def test_with_only_a_secret_this_is_production_on_the_embedded_database() -> None:
    settings = Settings.from_environment({"SECRET_KEY": SECRET})
    assert settings.production
    assert settings.database_url.startswith("sqlite:///")
    assert settings.database_url.endswith("instance/weald.sqlite")


def test_what_the_environment_says_is_used() -> None:
    settings = Settings.from_environment(
        {
            "SECRET_KEY": SECRET,
            "WEALD_MODE": "demonstration",
            "DATABASE_URL": "postgresql+psycopg:///weald",
            "BASE_URL": "https://weald.example",
        }
    )
    assert settings.mode is Mode.DEMONSTRATION
    assert settings.database_url == "postgresql+psycopg:///weald"
    assert settings.base_url == "https://weald.example"


def test_a_passphrase_that_is_cheap_to_guess_is_for_no_production() -> None:
    cheap = {"SECRET_KEY": SECRET, "PASSPHRASE_MEMORY_KIB": "32", "PASSPHRASE_PASSES": "1"}
    with pytest.raises(SettingsError, match="too cheap to guess"):
        Settings.from_environment(cheap)
    assert Settings.from_environment({**cheap, "WEALD_MODE": "demonstration"}).passphrase_passes == 1
    with pytest.raises(SettingsError, match="whole number"):
        Settings.from_environment({"SECRET_KEY": SECRET, "PASSPHRASE_PASSES": "three"})


def test_settings_that_nobody_should_work_with_are_named_one_by_one() -> None:
    unfit = Settings(secret_key="abc" * 20).unfit()
    assert [sentence.split()[0] for sentence in unfit] == ["SECRET_KEY", "BASE_URL", "No", "MAIL_FROM"]
    fit = Settings(
        secret_key="0123456789abcdefghijklmnopqrstuvwxyz",
        base_url="https://weald.example",
        smtp_url="smtp://mail.weald.example:587",
        mail_from="Weald <weald@weald.example>",
    )
    assert fit.unfit() == []
    assert fit.host == "weald.example"
    assert replace(fit, base_url="http://weald.example").unfit(), "in the clear"
    assert replace(fit, base_url="https://localhost").unfit(), "nobody else can reach it"


def test_stripe_is_set_up_whole_and_with_a_key_that_fits_what_the_installation_is_for() -> None:
    keys = {
        "SECRET_KEY": SECRET,
        "STRIPE_SECRET_KEY": "sk_live_x",
        "STRIPE_WEBHOOK_SECRET": "whsec_a, whsec_b",
    }
    settings = Settings.from_environment(keys)
    assert settings.stripe_webhook_secrets == ("whsec_a", "whsec_b")
    assert not any(secret in repr(settings) for secret in ("sk_live_x", "whsec_a", "whsec_b"))
    for other, sentence in (
        ({"STRIPE_WEBHOOK_SECRET": ""}, "Set STRIPE_WEBHOOK_SECRET"),
        ({"STRIPE_SECRET_KEY": "sk_test_x"}, "no money would come"),
        ({"WEALD_MODE": "demonstration"}, "would take real money"),
        ({"STRIPE_API_BASE": "http://stripe.example"}, "begins with https"),
    ):
        with pytest.raises(SettingsError, match=sentence):
            Settings.from_environment({**keys, **other})
