from . import letzshop_refuse_units
from . import orion_order_tracking
