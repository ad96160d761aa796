from . import test_carriers
from . import test_customer
from . import test_label_pdf
from . import test_labels
from . import test_lib_label_file
from . import test_lib_parcel_number
from . import test_purchase
from . import test_tracking
