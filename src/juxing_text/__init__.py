"""Reading what people write: order chains, doors, quantities, item names, and taking personal details out. No
Django here.

Everything is rule-based, deterministic and offline. Nothing here decides: each result carries where it was read,
how sure the reading is, and what is doubtful, so that a person can confirm it.
"""

from juxing_text.catalogue import Candidate, CatalogueIndex, CatalogueItem, Recognition, load_catalogue
from juxing_text.chain_result import ChainItem, ChainLine, LineState, ParsedChain
from juxing_text.doors import Door, KnownDoors
from juxing_text.order_chain import ParseLimits, parse_order_chain
from juxing_text.quantities import Quantity
from juxing_text.redaction import Redaction, RedactionKind, redact
from juxing_text.uncertainty import Span, Uncertainty, UncertaintyCode

__all__ = [
    "Candidate",
    "CatalogueIndex",
    "CatalogueItem",
    "ChainItem",
    "ChainLine",
    "Door",
    "KnownDoors",
    "LineState",
    "ParseLimits",
    "ParsedChain",
    "Quantity",
    "Recognition",
    "Redaction",
    "RedactionKind",
    "Span",
    "Uncertainty",
    "UncertaintyCode",
    "load_catalogue",
    "parse_order_chain",
    "redact",
]
