from . import orion_stock_availability
from . import mrp_bom
from . import mrp_bom_line
