from . import orion_order_ship
from . import orion_order_tracking
