import { describeRouter } from "@armature/testkit";
import { SemanticRouter } from "./semantic-router.js";

describeRouter(
  () =>
    new SemanticRouter({
      routes: [
        { name: "mail", examples: ["Sort this mail", "Which mails are urgent?"], models: ["model-1"] },
        { name: "proof", examples: ["Prove this theorem", "Prove that it holds"], models: ["model-2", "model-0"] },
      ],
      none: { models: ["model-0"], examples: [] },
    }),
);
