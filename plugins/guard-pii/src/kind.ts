/** What the guard can find. Each is one detector and one label. */
export const PII_KINDS = ["email", "phone", "card", "iban", "ssn", "ip", "national-id"] as const;

export type PiiKind = (typeof PII_KINDS)[number];
