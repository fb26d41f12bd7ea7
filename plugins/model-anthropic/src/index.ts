export { type AnthropicModelOptions, anthropic } from "./anthropic.js";
export { capabilitiesOf } from "./capabilities.js";
