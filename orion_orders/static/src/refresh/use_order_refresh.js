import { browser } from "@web/core/browser/browser";
import { useService } from "@web/core/utils/hooks";
import { onMounted, onWillUnmount } from "@odoo/owl";

/** What the server sends when a worker has taken over answers of marketplaces. */
export const ORDERS_CHANGED = "orion_orders.changed";

/** Answers come in bursts: what came within this time is one reload. */
const GATHER_MS = 300;
/** Least time between two reloads, and between two looks whether one may be done. */
const REST_MS = 2000;

/**
 * Reloads a view when orders have changed behind it. It asks nothing by itself, and nothing of
 * what a person is at is lost: while `isFree` says no, the reload waits.
 *
 * @param {Object} options
 * @param {(ids: number[]) => boolean} options.concerns whether these orders matter here
 * @param {() => boolean | Promise<boolean>} options.isFree nothing unsaved, nothing selected
 * @param {() => Promise} options.reload
 */
export function useOrderRefresh({ concerns, isFree, reload }) {
    const bus = useService("bus_service");
    let timer = null;
    let reloadedAt = 0;
    let isOpen = true;

    async function look() {
        const isDue = document.visibilityState === "visible" && (await isFree());
        if (!isOpen) {
            return;
        }
        if (isDue) {
            timer = null;
            reloadedAt = Date.now();
            await reload();
        } else {
            timer = browser.setTimeout(look, REST_MS);
        }
    }

    function onChanged({ ids }) {
        if (timer === null && concerns(ids)) {
            const rest = reloadedAt + REST_MS - Date.now();
            timer = browser.setTimeout(look, Math.max(GATHER_MS, rest));
        }
    }

    onMounted(() => bus.subscribe(ORDERS_CHANGED, onChanged));
    onWillUnmount(() => {
        isOpen = false;
        bus.unsubscribe(ORDERS_CHANGED, onChanged);
        browser.clearTimeout(timer);
    });
}
