import { registry } from "@web/core/registry";
import { listView } from "@web/views/list/list_view";

import { isOpenStatus, useImportRefresh } from "./use_import_refresh";

function recordsOf(root) {
    return root.isGrouped ? root.groups.flatMap((group) => recordsOf(group.list)) : root.records;
}

/** Imports in a list, whose numbers follow while one of them runs. */
export class ImportListController extends listView.Controller {
    setup() {
        super.setup();
        useImportRefresh({
            isOpen: () => this.isAnyOpen,
            isFree: () => !this.model.root.selection.length,
            reload: () => this.model.load(),
        });
    }

    get isAnyOpen() {
        return recordsOf(this.model.root).some((job) => isOpenStatus(job.data.status));
    }
}

registry.category("views").add("orion_import_list", {
    ...listView,
    Controller: ImportListController,
});
