"""Published routing instances: CVRPLIB files, and Solomon's and Homberger's with time windows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from juxing_engine.routing import Courier, RoundProblem


def read_cvrplib(path: str | Path, *, vehicles: int | None = None) -> RoundProblem:
    """
    Read a capacitated instance in VRPLIB format.

    Parameters
    ----------
    path
        File with sections NODE_COORD, DEMAND, DEPOT and a CAPACITY; the first node is the depot.
    vehicles
        Vehicles allowed; None: as many as stops, as the published best values assume.

    Notes
    -----
    Distances are rounded to the nearest integer, the convention under which best values are published.

    Raises
    ------
    ValueError
        If the file lacks a section, or its depot is not the first node.
    """
    import vrplib

    values: dict[str, Any] = vrplib.read_instance(str(path), compute_edge_weights=False)
    missing = {"demand", "capacity"} - values.keys()
    if missing:
        raise ValueError(f"Expected {path} to hold {sorted(missing)}.")
    if np.atleast_1d(values.get("depot", 0)).tolist() != [0]:
        raise ValueError("Expected the first node to be the only depot.")
    distance = _rounded_distances(values)
    demand = np.asarray(values["demand"], np.int64)[1:]
    courier = Courier(capacity=(int(values["capacity"]),))
    return RoundProblem(
        distance,
        distance,
        np.arange(1, len(distance)),
        (courier,) * (demand.size if vehicles is None else vehicles),
        delivery=demand[:, None],
    )


def _rounded_distances(values: dict[str, Any]) -> NDArray[np.int64]:
    if "edge_weight" in values:
        exact = np.asarray(values["edge_weight"], float)
    elif values.get("edge_weight_type") == "EUC_2D" and "node_coord" in values:
        points = np.asarray(values["node_coord"], float)
        exact = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    else:
        raise ValueError("Expected EDGE_WEIGHT_SECTION, or NODE_COORD_SECTION with EUC_2D.")
    return np.floor(exact + 0.5).astype(np.int64)


def read_solomon(path: str | Path, *, scale: int = 10) -> RoundProblem:
    """
    Read an instance with time windows in the format of Solomon, also used by Gehring and Homberger.

    Parameters
    ----------
    path
        File with the blocks VEHICLE and CUSTOMER; customer 0 is the depot.
    scale
        Times and distances are multiplied by it and cut to whole numbers; 10 is the convention of the
        DIMACS challenge, where distance and duration are the same.
    """
    import vrplib

    values: dict[str, Any] = vrplib.read_instance(str(path), instance_format="solomon")
    distance = (scale * np.asarray(values["edge_weight"], float)).astype(np.int64)
    window = scale * np.asarray(values["time_window"], np.int64)
    courier = Courier(capacity=(int(values["capacity"]),), shift=(int(window[0, 0]), int(window[0, 1])))
    return RoundProblem(
        distance,
        distance,
        np.arange(1, len(distance)),
        (courier,) * int(values["vehicles"]),
        delivery=np.asarray(values["demand"], np.int64)[1:, None],
        service_s=scale * np.asarray(values["service_time"], np.int64)[1:],
        window_s=window[1:],
    )
