"""The blueprint of awards with all its pages, those of the rooms included, for the composition root."""

from suppliers.awards.by_schools import views as by_schools
from suppliers.awards.combining import views as combining
from suppliers.awards.credits import views as service_credits
from suppliers.awards.handover import views as handover
from suppliers.awards.letters import views as letters
from suppliers.awards.performance import views as performance
from suppliers.awards.related_parties import views as related_parties
from suppliers.awards.standstill import views as standstill
from suppliers.awards.views import NAVIGATION, awards
from suppliers.awards.waiving import views as waiving

__all__ = ["NAVIGATION", "ROOMS", "awards"]
ROOMS = (
    by_schools,
    combining,
    service_credits,
    handover,
    letters,
    performance,
    related_parties,
    standstill,
    waiving,
)
"""Modules whose pages stand on the blueprint."""
