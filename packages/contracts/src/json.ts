/** What survives `JSON.parse(JSON.stringify(value))` unchanged. State, journal, cache and replay hold nothing else. */
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;

export type JsonObject = { [key: string]: JsonValue };

/** Where a value sits inside a JSON document: object keys and array indices from the root. */
export type JsonPath = readonly (string | number)[];
