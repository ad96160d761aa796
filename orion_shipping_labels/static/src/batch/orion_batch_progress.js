import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { Component, onMounted, onPatched, onWillUnmount } from "@odoo/owl";

import { useOrderRefresh } from "@orion_orders/refresh/use_order_refresh";

/** Between two looks at labels that are being fetched, besides what the server tells. */
const LOOK_MS = 2000;

/**
 * Keeps the packing table true: asks for portion after portion while it ships, and looks again
 * while labels are fetched.
 */
export class OrionBatchProgress extends Component {
    static template = "orion_shipping_labels.BatchProgress";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.isRunning = false;
        this.isGone = false;
        useOrderRefresh({
            concerns: () => true,
            isFree: async () => !this.isRunning && !(await this.record.isDirty()),
            reload: () => this.record.load(),
        });
        onMounted(() => this.run());
        onPatched(() => this.run());
        onWillUnmount(() => {
            this.isGone = true;
            browser.clearTimeout(this.timer);
        });
    }

    get record() {
        return this.props.record;
    }

    get isShipping() {
        return this.record.data.state === "shipping";
    }

    get isFetching() {
        return this.record.data.waiting_count > 0;
    }

    async run() {
        if (this.isRunning || this.isGone) {
            return;
        }
        if (this.isShipping) {
            await this.ship();
        } else if (this.isFetching && !this.timer) {
            this.timer = browser.setTimeout(() => this.look(), LOOK_MS);
        }
    }

    async ship() {
        this.isRunning = true;
        try {
            while (this.isShipping && !this.isGone) {
                await this.orm.silent.call(this.record.resModel, "action_continue", [
                    [this.record.resId],
                ]);
                await this.record.load();
            }
        } finally {
            this.isRunning = false;
        }
    }

    async look() {
        this.timer = null;
        if (!this.isGone && !(await this.record.isDirty())) {
            await this.record.load();
        }
        await this.run();
    }
}

registry.category("view_widgets").add("orion_batch_progress", { component: OrionBatchProgress });
