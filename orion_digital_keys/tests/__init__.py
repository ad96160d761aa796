from . import test_fulfil
from . import test_lib_purchasing
from . import test_pool
from . import test_purchase
