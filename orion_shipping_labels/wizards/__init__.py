from . import orion_order_ship
from . import orion_order_tracking
from . import orion_settings
from . import orion_shipping_batch
from . import orion_shipping_batch_line
