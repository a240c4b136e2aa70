"""The permission table: one line for every act, in the order in which a purchase goes."""

from __future__ import annotations

from collections.abc import Mapping

from marketplace.core.acts import Act
from marketplace.core.permissions import alliance, demand, money, offers
from marketplace.core.permissions.permission import Permission

POLICY: Mapping[Act, Permission] = {
    **alliance.PERMISSIONS,
    **demand.PERMISSIONS,
    **offers.PERMISSIONS,
    **money.PERMISSIONS,
}
