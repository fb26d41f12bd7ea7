export { CostRouter, type CostRouterOptions } from "./cost-router.js";
export { costRouter } from "./plugin.js";
