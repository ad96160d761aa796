import { browser } from "@web/core/browser/browser";
import { onMounted, onWillUnmount } from "@odoo/owl";

/** Between two looks at imports that run; none is taken when none runs. */
const REFRESH_MS = 1500;
const OPEN = ["pending", "processing"];

/** Whether an import with this status still changes. */
export function isOpenStatus(status) {
    return OPEN.includes(status);
}

/**
 * Reloads a view while an import in it is open.
 *
 * @param {Object} options
 * @param {() => boolean} options.isOpen whether something shown still changes
 * @param {() => boolean} options.isFree whether nothing of a person would be lost
 * @param {() => Promise} options.reload
 */
export function useImportRefresh({ isOpen, isFree, reload }) {
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
