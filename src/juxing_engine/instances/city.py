"""Seeded cities, cut down in proportion: 1,000,000 needs, 50,000 responders and 90 km are the whole."""

from __future__ import annotations

import math
from dataclasses import replace

from juxing_engine.instances.matching import CITY, MatchingInstance, MatchingSize, Supply, matching_instance


def city_size(needs: int) -> MatchingSize:
    """
    A piece of the city with so many needs, at the same density of everything.

    Raises
    ------
    ValueError
        If there is less than one need.
    """
    if needs < 1:
        raise ValueError(f"Expected needs >= 1, got {needs}.")
    share = needs / CITY.needs
    return replace(
        CITY,
        needs=needs,
        responders=max(1, round(CITY.responders * share)),
        communities=max(3, round(CITY.communities * share)),
        estates=max(6, round(CITY.estates * share)),
        extent_m=CITY.extent_m * math.sqrt(share),
    )


def city_instance(needs: int = CITY.needs, *, supply: Supply = Supply.SLACK, seed: int = 0) -> MatchingInstance:
    """Draw a city or a piece of one; same arguments, same problem. About 10 s for the whole."""
    return matching_instance(city_size(needs), supply=supply, seed=seed)
