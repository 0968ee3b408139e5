"""Load or compile the whole core before the first real question, which should not wait for a compiler."""

from __future__ import annotations


def warm_up() -> None:
    """
    Run every compiled function once on a street and import the solvers, so that the next call answers at once.

    Compiled code is kept beside the sources, or in ``NUMBA_CACHE_DIR`` where those cannot be written, and read by
    every later process of the same version of Python and numba. Call it when a service starts, in a thread if it
    should answer meanwhile; running it twice costs nothing much.

    Examples
    --------
    >>> import juxing_engine
    >>> juxing_engine.warm_up()
    """
    from juxing_engine import allocation, city_matching, coverage, live_matching, matching, medicine, rostering, routing
    from juxing_engine.control import Control
    from juxing_engine.instances.allocation import district_allocation
    from juxing_engine.instances.city import city_instance
    from juxing_engine.instances.coverage import district_coverage
    from juxing_engine.instances.medicine import TINY, medicine_instance
    from juxing_engine.instances.rostering import street_roster
    from juxing_engine.instances.routing import street_rounds

    matching.warm_up()
    live_matching.warm_up()
    medicine.plan_medicine(medicine_instance(TINY).problem)
    here = city_matching.Cluster(workers=1)
    city_matching.match_city(city_instance(400).problem, cluster=here, needs_per_zone=200)
    routing.plan_rounds(street_rounds(stops=3, seed=0), control=Control(budget_s=0.1))
    allocation.allocate(district_allocation(seed=0, communities=3, items=1, depots=2, days=1))
    rostering.plan_roster(street_roster(seed=0, workers=3, days=2, posts=1))
    coverage.best_places(
        district_coverage(buildings=1_500, sites=150, open_share=0, seed=0)[0], 2, goal=coverage.Goal.DISTANCE
    )
