"""The merchant's assortment."""

from __future__ import annotations

from .groceries import BOOKS, FOOD, GARDEN, WINE
from .wares import CARE, CLOTHES, HOME, PLAY

#: Everything, in the order in which SKUs are given out.
GOODS = BOOKS + FOOD + WINE + GARDEN + HOME + CLOTHES + PLAY + CARE
