from odoo import api, models
from odoo.exceptions import UserError


class OrionProtectedMixin(models.AbstractModel):
    """Fields that only the suite's own code writes, in sudo: what prices, guards and the history
    rest on. `create` and `write` of the model ask first, before they add anything themselves."""

    _name = "orion.protected.mixin"
    _description = "Protected Fields"

    # === HOOKS === #

    @api.model
    def _orion_protected_fields(self):
        """Names of the fields; an addon adds its own."""
        return frozenset()

    @api.model
    def _orion_instead(self):
        """The sentence that says what to use instead."""
        return ""

    # === PRIVATE === #

    @api.model
    def _orion_readonly_fields(self, prefix):
        """The fields of this prefix that people do not write: declared readonly, or computed."""
        return frozenset(
            name
            for name, field in self._fields.items()
            if field.readonly and name.startswith(prefix)
        )

    def _orion_without_defaults(self):
        """Defaults of the context reach protected fields too: they are left out."""
        if self.env.su:
            return self
        protected = self._orion_protected_fields()
        context = {
            key: value
            for key, value in self.env.context.items()
            if key.removeprefix("default_") not in protected
        }
        return self.with_env(self.env(context=context))

    def _orion_check_protected(self, *vals_list):
        """:raise UserError: when a person writes what is protected"""
        if self.env.su:
            return
        for vals in vals_list:
            touched = sorted(self._orion_protected_fields() & vals.keys())
            if touched:
                raise UserError(
                    self.env._(
                        "%(fields)s cannot be written directly. %(instead)s",
                        fields=", ".join(touched),
                        instead=self._orion_instead(),
                    )
                )
