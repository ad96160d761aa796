import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatMonetary } from "@web/views/fields/formatters";
import { KanbanRenderer } from "@web/views/kanban/kanban_renderer";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { listView } from "@web/views/list/list_view";
import { ListRenderer } from "@web/views/list/list_renderer";
import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";

/** The figures above the list of exceptions; a click shows what is behind one. */
export class OrionExceptionOverview extends Component {
    static template = "orion_order_exceptions.Overview";
    static props = { list: Object, count: { type: Number, optional: true } };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ figures: null });
        onWillStart(() => this.load());
        onWillUpdateProps(() => this.load());
    }

    async load() {
        this.state.figures = await this.orm.silent.call(
            "orion.order.exception",
            "get_overview",
            [this.domain]
        );
    }

    /** What the screen is about at all, such as one channel; not what is searched in it. */
    get domain() {
        return this.env.searchModel.globalDomain;
    }

    get value() {
        return this.state.figures.values
            .map(({ currency_id, amount }) => formatMonetary(amount, { currencyId: currency_id }))
            .join(" + ");
    }

    get oldest() {
        const { oldest } = this.state.figures;
        return oldest ? deserializeDateTime(oldest).toRelative() : _t("none");
    }

    show(...names) {
        const { searchModel } = this.env;
        searchModel.clearQuery();
        for (const item of searchModel.getSearchItems((found) => names.includes(found.name))) {
            searchModel.toggleSearchItem(item.id);
        }
    }

    async resolveAll() {
        const action = await this.orm.call("orion.order.exception", "action_resolve_pending", [
            this.domain,
        ]);
        return this.action.doAction(action);
    }

    openTop() {
        return this.action.doAction("orion_order_exceptions.action_orion_unknown_product");
    }

    async openOrders() {
        const action = await this.action.loadAction(
            "orion_order_exceptions.action_orion_order_blocked"
        );
        const blocking = [...this.domain, ["status", "in", ["pending", "ignored"]]];
        return this.action.doAction({ ...action, domain: [["orion_exception_ids", "any", blocking]] });
    }
}

export class OrionExceptionListRenderer extends ListRenderer {
    static template = "orion_order_exceptions.ListRenderer";
    static components = { ...ListRenderer.components, OrionExceptionOverview };
}

export class OrionExceptionKanbanRenderer extends KanbanRenderer {
    static template = "orion_order_exceptions.KanbanRenderer";
    static components = { ...KanbanRenderer.components, OrionExceptionOverview };
}

registry.category("views").add("orion_exception_kanban", {
    ...kanbanView,
    Renderer: OrionExceptionKanbanRenderer,
});

registry.category("views").add("orion_exception_list", {
    ...listView,
    Renderer: OrionExceptionListRenderer,
});
