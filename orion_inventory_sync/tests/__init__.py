from . import test_availability
from . import test_capture
from . import test_push
