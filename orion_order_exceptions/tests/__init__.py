from . import test_candidates
from . import test_exceptions
from . import test_resolving
