from . import orion_order_exception
from . import orion_order_exception_resolve
from . import orion_order_exception_undo
from . import orion_order_exception_rpc
from . import orion_product_alias
from . import sale_order
from . import sale_order_line
