from . import orion_order_reject
from . import orion_order_tracking
from . import orion_order_ship
from . import orion_order_ship_line
from . import orion_order_set_status
from . import base_partner_merge
