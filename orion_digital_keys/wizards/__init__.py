from . import orion_key_dialog
from . import orion_key_reason
from . import orion_key_import
from . import orion_key_import_column
from . import orion_key_import_line
from . import orion_key_lock
from . import orion_key_replace
from . import orion_key_resend
