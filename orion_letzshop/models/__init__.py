from . import orion_channel
from . import letzshop_inventory_unit
from . import orion_feed_builder
from . import orion_operation
from . import orion_order_importer
from . import product_template
from . import res_partner
from . import sale_order
