from . import test_availability
from . import test_capture
from . import test_push
from . import test_screens
