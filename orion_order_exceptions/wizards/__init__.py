from . import orion_exception_resolve
from . import orion_exception_ignore
from . import orion_exception_bulk
from . import orion_exception_bulk_group
from . import orion_exception_bulk_apply
from . import orion_settings
