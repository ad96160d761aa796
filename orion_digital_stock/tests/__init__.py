from . import test_key_quantities
