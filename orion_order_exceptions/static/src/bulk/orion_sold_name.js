import { registry } from "@web/core/registry";
import { charField } from "@web/views/fields/char/char_field";

/** A name in a row of a list that can be typed without opening the row first, where it is missing. */
export const orionSoldName = {
    ...charField,
    extractProps: (fieldInfo, dynamicInfo) => ({
        ...charField.extractProps(fieldInfo, dynamicInfo),
        readonly: dynamicInfo.readonly,
    }),
};

registry.category("fields").add("orion_sold_name", orionSoldName);
