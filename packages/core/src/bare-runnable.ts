import { Runnable, type RunnableConfig } from "@langchain/core/runnables";

/**
 * A function as LangChain runs it, without a trace of its own. LangGraph traces every node already; a second trace inside
 * it, which a plain function gets, costs a tenth of a millisecond of CPU and says nothing new.
 */
export class BareRunnable<In, Out> extends Runnable<In, Out> {
  lc_namespace = ["armature"];
  readonly #run: (input: In, config: RunnableConfig) => Out | Promise<Out>;

  constructor(name: string, run: (input: In, config: RunnableConfig) => Out | Promise<Out>) {
    super();
    this.name = name;
    this.#run = run;
  }

  async invoke(input: In, config: RunnableConfig = {}): Promise<Out> {
    return this.#run(input, config);
  }
}
