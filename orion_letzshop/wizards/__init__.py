from . import letzshop_refuse_units
