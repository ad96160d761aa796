import { registry } from "@web/core/registry";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { listView } from "@web/views/list/list_view";

import { useOrderRefresh } from "./use_order_refresh";

/** For lists and cards of what belongs to orders: which rows they show changes with any order. */
const refreshing = (Controller) =>
    class extends Controller {
        setup() {
            super.setup();
            useOrderRefresh({
                concerns: () => true,
                isFree: () => !this.model.root.editedRecord && !this.model.root.selection.length,
                reload: () => this.model.root.load(),
            });
        }
    };

registry.category("views").add("orion_order_list", {
    ...listView,
    Controller: refreshing(listView.Controller),
});
registry.category("views").add("orion_order_kanban", {
    ...kanbanView,
    Controller: refreshing(kanbanView.Controller),
});
