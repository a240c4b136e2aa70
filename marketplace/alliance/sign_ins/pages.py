"""The pages of signing in, which stand on the blueprint of people, room by room."""

from __future__ import annotations

from marketplace.alliance.sign_ins.account import views as account
from marketplace.alliance.sign_ins.factors import views as factors
from marketplace.alliance.sign_ins.passkeys import views as passkeys
from marketplace.alliance.sign_ins.providers import views as providers
from marketplace.alliance.sign_ins.proving import views as proving

__all__ = ["ROOMS"]
ROOMS = (account, factors, passkeys, providers, proving)
"""Modules whose pages stand on the blueprint."""
