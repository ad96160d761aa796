from . import test_lib_feed_check
from . import test_lib_feed_writer
from . import test_lib_texts
from . import test_screens
