export { capabilitiesOf } from "./capabilities.js";
export { type OpenAIModelOptions, openai } from "./openai.js";
export { openaiEmbedder } from "./openai-embedder.js";
