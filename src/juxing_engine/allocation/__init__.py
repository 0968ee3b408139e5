"""
Fair sharing of scarce goods (动态调配): weighted leximin coverage, exact in whole boxes, with a certificate.
"""

from juxing_engine.allocation.assembly import explain_share
from juxing_engine.allocation.certificate import allocation_defects, level_bound, transport_bound
from juxing_engine.allocation.problem import NO_ROUTE, AllocationProblem
from juxing_engine.allocation.result import (
    Allocation,
    AllocationCertificate,
    Share,
    ShareReason,
    Shipments,
)
from juxing_engine.allocation.solve import allocate

__all__ = [
    "NO_ROUTE",
    "Allocation",
    "AllocationCertificate",
    "AllocationProblem",
    "Share",
    "ShareReason",
    "Shipments",
    "allocate",
    "allocation_defects",
    "explain_share",
    "level_bound",
    "transport_bound",
]
