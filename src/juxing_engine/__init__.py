"""
Pure computation: who helps whom, in which order, with a proof.

numpy arrays in, frozen results out; nothing here imports Django. Every solver answers the best it has when its
time is up and says how far from the optimum that can be.
"""

from juxing_engine.warm import warm_up

__all__ = ["warm_up"]
