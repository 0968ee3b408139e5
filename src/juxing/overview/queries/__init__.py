"""Every read of the operating picture."""

from juxing.overview.queries.map_features import map_features
from juxing.overview.queries.picture import Figures, Part, figures
from juxing.overview.queries.places import place_for, places_to_switch_to, widest_area

__all__ = [
    "Figures",
    "Part",
    "figures",
    "map_features",
    "place_for",
    "places_to_switch_to",
    "widest_area",
]
