import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { Component, xml } from "@odoo/owl";

import { isOpenStatus, useImportRefresh } from "./use_import_refresh";

/** Shows nothing: keeps the numbers of an import's form true while it runs. */
export class ImportRefresh extends Component {
    static template = xml`<span class="d-none"/>`;
    static props = { ...standardWidgetProps };

    setup() {
        useImportRefresh({
            isOpen: () => isOpenStatus(this.props.record.data.status),
            isFree: () => !this.props.record.dirty,
            reload: () => this.props.record.model.load(),
        });
    }
}

registry.category("view_widgets").add("orion_import_refresh", { component: ImportRefresh });
