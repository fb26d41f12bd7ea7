export { calibrateThresholds, type RouteVectors, type Threshold } from "./calibration.js";
export { semanticRouter } from "./plugin.js";
export { type NamedRoute, SemanticRouter, type SemanticRouterOptions } from "./semantic-router.js";
