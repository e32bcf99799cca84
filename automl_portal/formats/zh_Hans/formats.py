"""Figures in Chinese pages group by thousands, as tables and files there do; Django's own setting groups nothing."""

from __future__ import annotations

THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
