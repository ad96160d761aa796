from . import orion_secret_entry
from . import orion_channel_wizard
from . import orion_credential_wizard
from . import orion_health_token
from . import orion_settings
from . import res_config_settings
