export { capabilitiesOf } from "./capabilities.js";
