import { runSpeedJob, type SpeedJob } from "./speed-job.js";

/** A process of its own for the jobs of one contender: one that does not come back in time can be ended from outside. */
process.on("message", async (job: SpeedJob) => process.send?.(await runSpeedJob(job)));
