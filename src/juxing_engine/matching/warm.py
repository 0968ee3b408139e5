"""Load or compile the solvers before the first real question, which should not wait for a compiler."""

from __future__ import annotations


def warm_up() -> None:
    """
    Run every compiled function of matching once on a street.

    Takes 10-40 s the first time on a machine (compiled code is cached beside the sources, or in
    ``NUMBA_CACHE_DIR``), then about 3 s. Call it when a service starts.
    """
    from juxing_engine.control import Control
    from juxing_engine.instances.matching import STREET, matching_instance
    from juxing_engine.matching.exact import solve_exact
    from juxing_engine.matching.verify import lower_bound_by_cells
    from juxing_engine.matching.verify_compiled import sum_of_least, write_sheet

    problem = matching_instance(STREET).problem
    _, prices = solve_exact(problem, Control())
    solve_exact(problem, Control(budget_s=0.0))
    lower_bound_by_cells(problem, prices)
    sum_of_least(write_sheet(problem, prices))
