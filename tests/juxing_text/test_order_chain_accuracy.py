"""Accuracy on labelled chains; docs/algorithms/order-chain.md says what each set is and measured at first."""

import pytest

from juxing_text import CatalogueIndex

from .chain_labels import FIELDS, score


@pytest.mark.parametrize(("prefix", "lines", "share"), [("dev", 120, 0.98), ("held", 50, 0.96), ("hard", 40, 0.90)])
def test_chain_accuracy(catalogue: CatalogueIndex, prefix: str, lines: int, share: float) -> None:
    result = score(prefix, catalogue)

    assert result.labelled >= lines
    assert result.correct >= share * result.labelled, result.wrong_lines
    assert result.extra <= 1, result.wrong_lines
    for field in FIELDS:
        assert result.right[field] >= share * result.labelled, (field, result.wrong_lines)


def test_no_state_is_wrong_in_tuned_sets(catalogue: CatalogueIndex) -> None:
    """A cancellation read as an order sends goods nobody wants; the other way round somebody goes without."""
    for prefix in ("dev", "held"):
        result = score(prefix, catalogue)
        assert result.right["state"] == result.labelled
