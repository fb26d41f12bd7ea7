import type {
  ExtendedState,
  GraphExtension,
  GraphNode,
  Plugin,
  RequestRecord,
  RequestState,
  Stage,
  StateField,
} from "@armature/contracts";
import { ArmatureError } from "@armature/contracts";
import { type CompiledGraph, type CompileOptions, compileTable } from "./langgraph.js";
import type { PreparedTask } from "./prepared-task.js";
import { type Replay, replayRecord } from "./replay/replay.js";
import type { Runtime } from "./services.js";
import type { Spending } from "./spending.js";
import { extendTable, insertAfter, insertBefore, replaceStage, type StageFunction, type Table } from "./table.js";

/** Stages that a node may stand at: nothing may come between a request and its record. */
export type OpenStage = Exclude<Stage, "log">;

export interface GraphParts {
  readonly table: Table;
  readonly task: PreparedTask;
  readonly runtime: Runtime;
  readonly spending: (state: RequestState) => Spending;
}

/** A name that nothing has yet; `never` otherwise, so that a taken one does not type-check. */
type Free<Name, Taken> = Name extends Taken | keyof RequestState ? never : Name;

/** The state as a node with the fields `Fields` sees it. */
export type StateWith<Fields> = ExtendedState & Readonly<Fields>;

/**
 * Builds the LangGraph state machine of one task. Every method returns a new builder; a name that is taken, also by a
 * stage or by a state field, is a type error where types can see it and `CONFIG_INVALID` everywhere.
 */
export class GraphBuilder<Fields = Record<never, never>, Taken extends string = Stage> {
  readonly #parts: GraphParts;

  constructor(parts: GraphParts) {
    this.#parts = parts;
  }

  /** Adds a state field that nodes may read and patch. */
  field<Name extends string, Value extends StateField["initial"]>(
    name: Free<Name, keyof Fields | Taken>,
    field: StateField<Value>,
  ): GraphBuilder<Fields & Record<Name, Value>, Taken> {
    return this.#with(extendTable(this.#parts.table, { fields: { [name]: field as unknown as StateField } }));
  }

  /** Puts a node on every way into a stage. */
  before<Name extends string>(
    stage: OpenStage,
    name: Free<Name, keyof Fields | Taken>,
    node: GraphNode<StateWith<Fields>>,
  ): GraphBuilder<Fields, Taken | Name> {
    return this.#with(insertBefore(this.#parts.table, stage, name, asStage(node)));
  }

  /** Puts a node on every way out of a stage; where the stage decides, it decides after the node. */
  after<Name extends string>(
    stage: OpenStage,
    name: Free<Name, keyof Fields | Taken>,
    node: GraphNode<StateWith<Fields>>,
  ): GraphBuilder<Fields, Taken | Name> {
    return this.#with(insertAfter(this.#parts.table, stage, name, asStage(node)));
  }

  /** Puts another function in a stage's place. Guards, deadline and record stay: they are not the stage's. */
  replace(stage: OpenStage, node: GraphNode<StateWith<Fields>>): GraphBuilder<Fields, Taken> {
    return this.#with(replaceStage(this.#parts.table, stage, asStage(node)));
  }

  /** Adds a plugin's state fields and nodes to this graph only. A plugin that provides services belongs to the application. */
  use(plugin: Plugin | GraphExtension): GraphBuilder<Fields, Taken> {
    if (!("definition" in plugin)) return this.#with(extendTable(this.#parts.table, plugin));
    const { name, graph, provides = [] } = plugin.definition;
    if (provides.length > 0 || !graph) {
      const why = graph ? `provides ${provides.map((token) => token.name).join(", ")}` : "adds nothing to a graph";
      throw new ArmatureError("CONFIG_INVALID", `Plugin "${name}" ${why}; pass it to createArmature instead.`);
    }
    return this.#with(extendTable(this.#parts.table, graph));
  }

  /**
   * An ordinary compiled LangGraph graph. Invoke it with `{ input }` and, in `configurable`, `tenant`, `user`, `thread`
   * (and `thread_id` with a checkpointer: one LangGraph thread a request). `outcomeOf` reads its last state.
   */
  compile(options: CompileOptions = {}): CompiledGraph<RequestState & Readonly<Fields>> {
    return compileTable(this.#parts, options);
  }

  /**
   * Replays a record of this graph, as `app.replay` does for the application's own stages. Added and replacing nodes run
   * again: models, clock, chance and ids of their context are served; what they ask past it they ask again.
   */
  replay(record: RequestRecord): Promise<Replay> {
    return replayRecord(record, this.#parts);
  }

  #with<F, T extends string>(table: Table): GraphBuilder<F, T> {
    return new GraphBuilder<F, T>({ ...this.#parts, table });
  }
}

function asStage<State>(node: GraphNode<State>): StageFunction {
  return async (state, services) =>
    (await node(state as unknown as State, services.context)) as Awaited<ReturnType<StageFunction>>;
}
