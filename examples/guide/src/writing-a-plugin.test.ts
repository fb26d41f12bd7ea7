import { describeGuard } from "@armature/testkit";
import { createCodenameGuard } from "./writing-a-plugin.js";

describeGuard(() => createCodenameGuard({ names: ["Bluebird", "C3+"] }), {
  caught: ["Ship bluebird on Monday.", "How is C3+ going?"],
  clean: ["Ship the parcel on Monday."],
});
