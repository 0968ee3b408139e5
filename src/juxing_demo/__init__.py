"""
The synthetic demo district: pure computation, no database.

Every person, organisation and place is invented; codes stand outside the national tree (province 99),
phones in an unused range. The same seed gives the same rows on any machine.
"""
