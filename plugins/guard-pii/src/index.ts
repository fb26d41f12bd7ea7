export { detectPii, type PiiSpan } from "./detect-pii.js";
export { PII_KINDS, type PiiKind } from "./kind.js";
export { createPiiGuard, type PiiGuardOptions, piiGuard } from "./pii-guard.js";
