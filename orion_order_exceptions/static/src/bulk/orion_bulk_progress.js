import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { Component, onMounted, onPatched, onWillUnmount } from "@odoo/owl";

/** Asks for portion after portion while the record is applying, and shows how far it is. */
export class OrionBulkProgress extends Component {
    static template = "orion_order_exceptions.BulkProgress";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.isRunning = false;
        this.isGone = false;
        onMounted(() => this.run());
        onPatched(() => this.run());
        onWillUnmount(() => (this.isGone = true));
    }

    get record() {
        return this.props.record;
    }

    get isApplying() {
        return ["applying", "undoing"].includes(this.record.data.state);
    }

    async run() {
        if (this.isRunning || !this.isApplying) {
            return;
        }
        this.isRunning = true;
        try {
            while (this.isApplying && !this.isGone) {
                await this.orm.silent.call(this.record.resModel, "action_continue", [
                    [this.record.resId],
                ]);
                await this.record.load();
            }
        } finally {
            this.isRunning = false;
        }
    }
}

registry.category("view_widgets").add("orion_bulk_progress", { component: OrionBulkProgress });
