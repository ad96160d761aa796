import { Component, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { Dialog } from "@web/core/dialog/dialog";
import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { _t } from "@web/core/l10n/translation";

/** Says that it is noted who looks, and shows the key once that is accepted. */
export class KeyRevealDialog extends Component {
    static template = "orion_digital_keys.KeyRevealDialog";
    static components = { Dialog };
    static props = { close: Function, keyId: Number, masked: String, product: String };

    setup() {
        this.title = _t("Show a Key");
        this.notification = useService("notification");
        this.state = useState({ key: null, isBusy: false });
    }

    async show() {
        this.state.isBusy = true;
        try {
            this.state.key = await rpc(`/orion/key/${this.props.keyId}/reveal`, {});
        } finally {
            this.state.isBusy = false;
        }
    }

    async copy() {
        try {
            await browser.navigator.clipboard.writeText(this.state.key.value);
        } catch {
            // no access to the clipboard (an insecure address, say)
            this.notification.add(_t("The browser does not let Odoo copy: mark the key, and copy it."), {
                type: "warning",
            });
            return;
        }
        this.notification.add(_t("Copied"), { type: "success" });
    }
}

registry.category("actions").add("orion_key_reveal", (env, action) => {
    const { key_id: keyId, masked, product } = action.params;
    env.services.dialog.add(KeyRevealDialog, { keyId, masked: masked || "", product });
});
