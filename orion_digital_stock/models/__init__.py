from . import orion_stock_availability
