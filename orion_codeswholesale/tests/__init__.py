from . import test_buying
from . import test_buying_money
from . import test_buying_trouble
from . import test_buying_unknown
from . import test_catalogue
from . import test_channel
from . import test_offers_follow
from . import test_products
