import { _t } from "@web/core/l10n/translation";
import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

/** Shows a buyer's keys one by one, each by a POST of its own, and copies them. */
export class DigitalKeys extends Interaction {
    static selector = ".o_orion_keys";
    dynamicContent = {
        ".o_orion_key_show": { "t-on-click.withTarget": this.show },
        ".o_orion_key_copy": { "t-on-click.withTarget": this.copy },
    };

    async show(ev, buttonEl) {
        // each key for itself: one may be asked for while another is fetched
        buttonEl.disabled = true;
        try {
            await this.fetch(buttonEl);
        } finally {
            buttonEl.disabled = false;
        }
    }

    async fetch(buttonEl) {
        const keyEl = buttonEl.closest(".o_orion_key");
        const parameters = { piece_id: Number(keyEl.dataset.pieceId) };
        if (this.el.dataset.token) {
            parameters.token = this.el.dataset.token;
        }
        let key;
        try {
            key = await this.waitFor(rpc(this.el.dataset.revealUrl, parameters, { silent: true }));
        } catch {
            key = { problem: _t("The key could not be fetched. Try again in a moment.") };
        }
        const problemEl = keyEl.querySelector(".o_orion_key_problem");
        problemEl.textContent = key.problem || "";
        problemEl.classList.toggle("d-none", !key.problem);
        if (!key.problem) {
            this.fill(keyEl, key);
        }
    }

    fill(keyEl, key) {
        const valueEl = keyEl.querySelector(".o_orion_key_value");
        keyEl.querySelector(".o_orion_key_show").classList.add("d-none");
        if (key.kind === "image") {
            const imageEl = keyEl.querySelector(".o_orion_key_image");
            const saveEl = keyEl.querySelector(".o_orion_key_save");
            valueEl.textContent = key.filename || "";
            imageEl.src = saveEl.href = key.value;
            saveEl.download = key.filename || "key";
            imageEl.classList.remove("d-none");
            saveEl.classList.remove("d-none");
            return;
        }
        valueEl.textContent = key.value;
        keyEl.querySelector(".o_orion_key_copy").classList.remove("d-none");
        if (key.kind === "link" && /^https?:\/\//i.test(key.value)) {
            const openEl = keyEl.querySelector(".o_orion_key_open");
            openEl.href = key.value;
            openEl.classList.remove("d-none");
        }
    }

    async copy(ev, buttonEl) {
        const keyEl = buttonEl.closest(".o_orion_key");
        const labelEl = buttonEl.querySelector("span");
        const valueEl = keyEl.querySelector(".o_orion_key_value");
        try {
            await navigator.clipboard.writeText(valueEl.textContent);
            labelEl.textContent = _t("Copied");
        } catch {
            // no access to the clipboard (an insecure address, say): the person copies what is marked
            window.getSelection().selectAllChildren(valueEl);
            labelEl.textContent = _t("Marked: copy it");
        }
    }
}

registry.category("public.interactions").add("orion_digital_keys.digital_keys", DigitalKeys);
