import { browser } from "@web/core/browser/browser";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Component, onWillStart, onWillUnmount, useExternalListener, useState } from "@odoo/owl";

import { DayGraph } from "./day_graph";

const REFRESH_MS = 30_000;

const STATE_TONES = { connected: "success", error: "danger", draft: "secondary" };

export class OrionDashboard extends Component {
    static template = "orion_base.Dashboard";
    static components = { Layout, DayGraph };
    static props = { ...standardActionServiceProps };
    static path = "marketplaces";

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.keepLast = new KeepLast();
        this.env.config.setDisplayName(this.props.action.name || _t("Dashboard"));
        this.display = { controlPanel: {} };
        this.state = useState({ data: { channels: [] }, importing: {}, stale: false });

        onWillStart(() => this.load());
        const timer = browser.setInterval(() => this.refresh(), REFRESH_MS);
        onWillUnmount(() => browser.clearInterval(timer));
        useExternalListener(document, "visibilitychange", () => this.refresh());
    }

    async load() {
        const request = this.orm.silent.call("orion.dashboard", "get_dashboard", []);
        this.state.data = await this.keepLast.add(request);
        this.state.stale = false;
    }

    /** Nobody looks at a hidden tab: it asks nothing. */
    async refresh() {
        if (document.visibilityState !== "visible") {
            return;
        }
        try {
            await this.load();
        } catch (error) {
            // shown on the page; the next tick tries again
            console.warn("The dashboard could not be refreshed", error);
            this.state.stale = true;
        }
    }

    stateTone(card) {
        return STATE_TONES[card.state];
    }

    /** Zero is calm, whatever it counts. */
    figureTone(figure) {
        return figure.value ? `text-${figure.tone}` : "text-muted";
    }

    relative(value) {
        return value ? deserializeDateTime(value).toRelative() : _t("never");
    }

    nextRun(card) {
        if (!card.next_run) {
            return _t("not scheduled");
        }
        const isDue = deserializeDateTime(card.next_run) <= luxon.DateTime.now();
        return isDue ? _t("due now") : this.relative(card.next_run);
    }

    exact(value) {
        return value ? formatDateTime(deserializeDateTime(value)) : "";
    }

    openFigure(figure) {
        return this.openFiltered(figure.action, figure.label, figure.domain);
    }

    openQueue(card) {
        return this.openFiltered("orion_base.action_orion_operation", card.name, [
            ["channel_id", "=", card.id],
        ]);
    }

    openLogs(card) {
        return this.openFiltered("orion_base.action_orion_sync_log", card.name, [
            ["channel_id", "=", card.id],
        ]);
    }

    /** Opens an action for some of its records; the breadcrumb says which. */
    async openFiltered(xmlid, name, domain) {
        const action = await this.action.loadAction(xmlid);
        return this.action.doAction({
            ...action,
            display_name: `${action.display_name || action.name}: ${name}`,
            domain,
        });
    }

    openChannel(card) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "orion.channel",
            res_id: card.id,
            views: [[false, "form"]],
        });
    }

    connect() {
        return this.action.doAction(this.state.data.connect_action, {
            viewType: "form",
            onClose: () => this.refresh(),
        });
    }

    async importNow(card) {
        this.state.importing[card.id] = true;
        try {
            const result = await this.orm.silent.call("orion.channel", "import_orders", [[card.id]]);
            this.notification.add(result.message, {
                title: card.name,
                type: result.success ? "success" : "danger",
            });
        } finally {
            this.state.importing[card.id] = false;
        }
        await this.refresh();
    }
}

registry.category("actions").add("orion_dashboard", OrionDashboard);
