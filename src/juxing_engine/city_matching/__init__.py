"""
Who visits whom in a whole city: zones solved side by side, borders repaired, one proof over all pairs.

A street cannot see the help next door; the city as one board (一盘棋) can.
"""

from juxing_engine.city_matching.bound import city_bound
from juxing_engine.city_matching.result import CityMatching
from juxing_engine.city_matching.solve import match_city
from juxing_engine.city_matching.workers import Cluster
from juxing_engine.city_matching.zones import Zone, cut_into_zones

__all__ = ["CityMatching", "Cluster", "Zone", "city_bound", "cut_into_zones", "match_city"]
