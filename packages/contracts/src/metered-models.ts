import type { Answer } from "./answer.js";
import type { CallParameters } from "./call-parameters.js";
import type { Message } from "./message.js";

/** The application's models as plugins see them: under the request's deadline, budget, policies and record. */
export interface MeteredModels {
  /** The names that `call` takes. */
  readonly routes: readonly string[];
  call(route: string, messages: readonly Message[], parameters?: Partial<CallParameters>): Promise<Answer>;
}
