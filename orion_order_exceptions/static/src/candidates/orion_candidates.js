import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component, useState } from "@odoo/owl";

/** Candidates in a row of a list; the others are a click away. */
const SHOWN_IN_A_ROW = 2;

/** Products that an unknown one may be, each with the reason; a click chooses one. */
export class OrionCandidates extends Component {
    static template = "orion_order_exceptions.Candidates";
    static props = {
        ...standardFieldProps,
        target: { type: String, optional: true },
        compact: { type: Boolean, optional: true },
    };
    static defaultProps = { target: "product_id" };

    setup() {
        this.state = useState({ showsAll: false });
    }

    get candidates() {
        return this.props.record.data[this.props.name] || [];
    }

    get shown() {
        const limit = this.props.compact && !this.state.showsAll ? SHOWN_IN_A_ROW : Infinity;
        const chosen = this.candidates.findIndex((candidate) => this.isChosen(candidate));
        // what is chosen is never hidden
        return this.candidates.filter((_, place) => place < limit || place === chosen);
    }

    get canChoose() {
        return !this.props.readonly && this.props.target in this.props.record.fields;
    }

    isChosen(candidate) {
        return this.props.record.data[this.props.target]?.id === candidate.id;
    }

    tone(candidate) {
        return candidate.doubtful ? "text-warning-emphasis" : "text-success-emphasis";
    }

    numbers(candidate) {
        return [candidate.sku, candidate.gtin].filter(Boolean).join(" · ") || _t("no SKU, no GTIN");
    }

    /** A second click takes the choice back. */
    async choose(candidate) {
        const chosen = this.isChosen(candidate)
            ? false
            : { id: candidate.id, display_name: candidate.name };
        await this.props.record.update({ [this.props.target]: chosen });
    }
}

registry.category("fields").add("orion_candidates", {
    component: OrionCandidates,
    displayName: _t("Candidates"),
    supportedTypes: ["json"],
    // as with toggles, a row of a list need not be opened for editing first
    extractProps: ({ options, viewType }, dynamicInfo) => ({
        target: options.target,
        compact: viewType === "list",
        readonly: dynamicInfo.readonly,
    }),
});
