"""Every case of the corpus."""

from tests.proxy.corpus import bodies, fields, lines, sequences

MODULES = (lines, fields, bodies, sequences)
CASES = tuple(case for module in MODULES for case in module.CASES)
