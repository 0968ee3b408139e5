"""One index of the seed catalogue for all tests of this package."""

import pytest

from juxing_text import CatalogueIndex, load_catalogue


@pytest.fixture(scope="session")
def catalogue() -> CatalogueIndex:
    return CatalogueIndex(load_catalogue())
