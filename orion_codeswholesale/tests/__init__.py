from . import test_buying
from . import test_catalogue
from . import test_channel
from . import test_products
