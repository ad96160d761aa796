import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { Component, xml } from "@odoo/owl";

import { useOrderRefresh } from "./use_order_refresh";

/** Shows nothing: keeps the order's form true while the queue works. */
export class OrderRefresh extends Component {
    static template = xml`<span class="d-none"/>`;
    static props = { ...standardWidgetProps };

    setup() {
        useOrderRefresh({
            concerns: (ids) => ids.includes(this.props.record.resId),
            isFree: async () => {
                const { record } = this.props;
                return !record.dirty && !(await record.isDirty());
            },
            reload: () => this.props.record.model.load(),
        });
    }
}

registry.category("view_widgets").add("orion_order_refresh", { component: OrderRefresh });
