import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { listView } from "@web/views/list/list_view";
import { onWillStart, onWillUpdateProps, useState } from "@odoo/owl";

import { ImportListController } from "./import_list";
import { useImportRefresh } from "./use_import_refresh";

/** Above the list: how many imports there are, in which state. A click filters. */
export class ImportMonitorRenderer extends listView.Renderer {
    static template = "orion_marketplace_import.ImportMonitorRenderer";

    setup() {
        super.setup();
        this.orm = useService("orm");
        this.stats = useState({ total: 0, active: 0, completed: 0, with_errors: 0, failed: 0 });
        onWillStart(() => this.loadStats());
        onWillUpdateProps(() => this.loadStats());
        useImportRefresh({
            isOpen: () => this.stats.active > 0,
            isFree: () => true,
            reload: () => this.loadStats(),
        });
    }

    async loadStats() {
        const found = await this.orm.silent.call("orion.import.job", "get_stats", []);
        Object.assign(this.stats, {
            total: found.total,
            active: found.pending + found.processing,
            completed: found.completed,
            with_errors: found.completed_with_errors,
            failed: found.failed,
        });
    }

    /** Show only what a tile counts. */
    show(filter) {
        const search = this.env.searchModel;
        const items = search.getSearchItems((item) => item.type === "filter");
        for (const item of items.filter((item) => item.isActive && item.name !== filter)) {
            search.toggleSearchItem(item.id);
        }
        const wanted = items.find((item) => item.name === filter);
        if (wanted && !wanted.isActive) {
            search.toggleSearchItem(wanted.id);
        }
    }
}

registry.category("views").add("orion_import_monitor", {
    ...listView,
    Controller: ImportListController,
    Renderer: ImportMonitorRenderer,
});
