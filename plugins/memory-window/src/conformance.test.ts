import { describeMemory, fakeTokenizer } from "@armature/testkit";
import { WindowMemory } from "./window-memory.js";

describeMemory(() => new WindowMemory({ maxTurns: 50, maxThreads: 100 }, fakeTokenizer()));
