"""Penalties that put people before metres: serve the higher tier first, then as many as possible, then walk least."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from juxing_engine.medicine.problem import Integers, MedicineProblem, greatest_costs


def penalty_step(problem: MedicineProblem) -> int:
    """
    Least difference between the penalties of two tiers that no saving of ways can outweigh.

    Two plans differ by simple cycles of the flow network, each serving at most one request more and leaving at most
    one other. Such a cycle enters each stock of a drug and each squad at most once, so it adds at most that many
    ways of each kind, and one more.
    """
    delivery, fetching = greatest_costs(problem)
    shelves = int(np.count_nonzero(problem.stock))
    counters = problem.pharmacies * int(np.unique(problem.drug_class).size)
    deliveries = min(problem.requests, shelves) + 1
    return deliveries * delivery + (min(counters, problem.squads) + 1) * fetching + 1


def lexicographic_penalties(problem: MedicineProblem, tier: Integers) -> Integers:
    """
    Derive each request's penalty from its tier, shape ``(requests,)``, at least 0; higher goes first.

    An optimal plan then serves as many of the highest tier as any plan can; among those plans as many of the next;
    and so on; among all these it costs least.

    Raises
    ------
    ValueError
        If the shape disagrees or a tier is negative.
    """
    tier = np.asarray(tier)
    if tier.shape != (problem.requests,) or (tier.size and (tier.dtype.kind not in "iu" or tier.min() < 0)):
        raise ValueError(f"Expected tiers as integers >= 0 of shape ({problem.requests},), got {tier.shape}.")
    _, rank = np.unique(tier, return_inverse=True)
    return (rank.astype(np.int64) + 1) * penalty_step(problem)


def with_lexicographic_penalties(problem: MedicineProblem, tier: Integers) -> MedicineProblem:
    """Return the same problem with the penalties of `lexicographic_penalties`; raises ``ValueError`` on overflow."""
    return replace(problem, unserved_penalty=lexicographic_penalties(problem, tier))
