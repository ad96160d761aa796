from . import test_availability
from . import test_capture
from . import test_comparison
from . import test_comparison_rule
from . import test_follow_settings
from . import test_listing_gone
from . import test_push
from . import test_screens
