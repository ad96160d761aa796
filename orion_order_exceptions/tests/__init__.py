from . import test_browser
from . import test_bulk
from . import test_candidates
from . import test_dialog
from . import test_exceptions
from . import test_matching
from . import test_resolving
from . import test_security
