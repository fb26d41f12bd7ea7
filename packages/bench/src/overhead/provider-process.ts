import { startProvider } from "@armature/testkit/provider";
import { respond } from "./respond.js";

// Runs as a child: what the provider spends is not the contenders' spending.
const provider = await startProvider({ respond });
process.send?.(provider.url);
process.once("disconnect", () => process.exit(0));
