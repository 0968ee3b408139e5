"""
The synthetic demo district: pure computation, no database.

Every person, organisation and place is invented; codes stand outside the national tree (province 99),
phones in an unused range. The same seed gives the same rows on any machine.
"""

from juxing_demo.day import generate_day
from juxing_demo.day_tables import Day
from juxing_demo.district import generate_district
from juxing_demo.district_tables import CareFlag, District, Size

__all__ = ["CareFlag", "Day", "District", "Size", "generate_day", "generate_district"]
