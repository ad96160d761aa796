import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { listView } from "@web/views/list/list_view";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { Component, onMounted, onWillUnmount, xml } from "@odoo/owl";

/** Between two looks at imports that run; none is taken when none runs. */
const REFRESH_MS = 5000;
const OPEN = ["pending", "processing"];

/**
 * Reloads a view while an import in it is open.
 *
 * @param {Object} options
 * @param {() => boolean} options.isOpen whether something shown still changes
 * @param {() => boolean} options.isFree whether nothing of a person would be lost
 * @param {() => Promise} options.reload
 */
function useImportRefresh({ isOpen, isFree, reload }) {
    let timer = null;
    let isMounted = true;

    async function look() {
        if (document.visibilityState === "visible" && isOpen() && isFree()) {
            await reload();
        }
        if (isMounted) {
            timer = browser.setTimeout(look, REFRESH_MS);
        }
    }

    onMounted(() => {
        timer = browser.setTimeout(look, REFRESH_MS);
    });
    onWillUnmount(() => {
        isMounted = false;
        browser.clearTimeout(timer);
    });
}

/** Shows nothing: keeps the numbers of an import's form true while it runs. */
export class ImportRefresh extends Component {
    static template = xml`<span class="d-none"/>`;
    static props = { ...standardWidgetProps };

    setup() {
        useImportRefresh({
            isOpen: () => OPEN.includes(this.props.record.data.status),
            isFree: () => !this.props.record.dirty,
            reload: () => this.props.record.model.load(),
        });
    }
}

registry.category("view_widgets").add("orion_import_refresh", { component: ImportRefresh });

class ImportListController extends listView.Controller {
    setup() {
        super.setup();
        useImportRefresh({
            isOpen: () =>
                (this.model.root.records || []).some((job) => OPEN.includes(job.data.status)),
            isFree: () => !this.model.root.selection.length,
            reload: () => this.model.root.load(),
        });
    }
}

registry.category("views").add("orion_import_list", {
    ...listView,
    Controller: ImportListController,
});
