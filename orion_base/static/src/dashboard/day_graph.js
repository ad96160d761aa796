import { formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { Component } from "@odoo/owl";

const { DateTime } = luxon;

const HEIGHT = 44;
const STEP = 10;
const WIDTH = 7;

/** Stacked bars, one a day, drawn as plain SVG. */
export class DayGraph extends Component {
    static template = "orion_base.DayGraph";
    static props = {
        label: String,
        days: {
            type: Array,
            element: { type: Object, shape: { date: String, good: Number, bad: Number } },
        },
    };

    get viewBox() {
        return `0 0 ${this.props.days.length * STEP - (STEP - WIDTH)} ${HEIGHT}`;
    }

    get summary() {
        const total = this.props.days.reduce((sum, day) => sum + day.good + day.bad, 0);
        return _t("%(total)s in %(days)s days", { total, days: this.props.days.length });
    }

    get bars() {
        const highest = Math.max(1, ...this.props.days.map((day) => day.good + day.bad));
        return this.props.days.map((day, index) => {
            const good = this.barHeight(day.good, highest);
            const bad = this.barHeight(day.bad, highest);
            return {
                date: day.date,
                x: index * STEP,
                width: WIDTH,
                height: HEIGHT,
                good: { y: HEIGHT - good, height: good },
                bad: { y: Math.max(0, HEIGHT - good - bad), height: bad },
                title: this.title(day),
            };
        });
    }

    /** A day with anything at all stays visible beside a day with thousands. */
    barHeight(value, highest) {
        return value ? Math.max(2, (value / highest) * (HEIGHT - 2)) : 0;
    }

    title(day) {
        const date = formatDate(DateTime.fromISO(day.date));
        if (day.bad) {
            return _t("%(date)s: %(good)s done, %(bad)s failed", { ...day, date });
        }
        return _t("%(date)s: %(good)s", { ...day, date });
    }
}
