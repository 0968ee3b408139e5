import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from juxing_engine.matching.cost import IMPOSSIBLE, possible_costs
from juxing_engine.matching.ground import lay_ground
from juxing_engine.matching.pricing import Pricing
from tests.juxing_engine.matching.problems import random_problem


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 30), st.integers(1, 20), st.integers(1, 4))
def test_new_pairs_and_those_named_before_are_all_there_are(
    seed: int, needs: int, responders: int, wanted: int
) -> None:
    problem = random_problem(seed, needs, responders)
    ground = lay_ground(problem)
    costs = possible_costs(problem, ground.need_order[:, None], ground.responder_order)
    rng = np.random.default_rng(seed)
    prices, ceiling = rng.integers(0, 2_000, responders), rng.integers(0, 4_000, needs)
    pricing = Pricing(ground, wanted)
    named = np.zeros(costs.shape, dtype=np.bool_)

    for _ in range(10):
        need, responder, cost = pricing.new_pairs_below(prices, ceiling)

        np.testing.assert_array_equal(costs[need, responder], cost)
        assert (cost + prices[responder] < ceiling[need]).all()
        named[need, responder] = True
        is_cut_short = np.bincount(need, minlength=needs) >= wanted
        below = (costs != IMPOSSIBLE) & (costs + prices < ceiling[:, None])
        assert not (below & ~named & ~is_cut_short[:, None]).any()
        few = rng.random(responders) < 0.3
        prices = np.where(few, rng.integers(0, 2_000, responders), prices)
        ceiling = np.where(rng.random(needs) < 0.3, rng.integers(0, 4_000, needs), ceiling)
