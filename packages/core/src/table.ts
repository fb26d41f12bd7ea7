import {
  ArmatureError,
  type GraphExtension,
  type NodeTrace,
  type PlacedNode,
  type RequestState,
  type Stage,
  type StateField,
} from "@armature/contracts";
import * as edges from "./edges.js";
import type { Services } from "./services.js";
import { call } from "./stages/call.js";
import { log } from "./stages/log.js";
import { prompt } from "./stages/prompt.js";
import { repair } from "./stages/repair.js";
import { retrieve } from "./stages/retrieve.js";
import { route } from "./stages/route.js";
import { tools } from "./stages/tools.js";
import { validate } from "./stages/validate.js";
import { isStateKey, type Patch } from "./state.js";

export type Fields = { readonly [name: string]: StateField };

/** A stage: reads the state, does its work through the services, returns what changed. */
export type StageFunction = (state: RequestState, services: Services) => Promise<Patch>;

export const END = "end";

export interface TableNode {
  readonly run: StageFunction;
  /** Whether it was written outside this package: then its patch is checked. */
  readonly foreign: boolean;
  /** Where the request goes next; one of `leadsTo`. */
  readonly next: (state: RequestState) => string;
  readonly leadsTo: readonly string[];
  /** The stage that it was placed after. */
  readonly follows?: Stage;
}

/** The one description of how a request runs. Both runners walk it. */
export interface Table {
  readonly entry: string;
  readonly nodes: { readonly [name: string]: TableNode };
  readonly fields: Fields;
  /** Every node that is not a standard one, in the order in which they were placed. */
  readonly placed: readonly NodeTrace[];
}

function own(run: StageFunction, next: (state: RequestState) => string, ...leadsTo: string[]): TableNode {
  return { run, foreign: false, next, leadsTo };
}

/** The seven stages, the tool loop, and what decides between them. */
export const STANDARD_TABLE: Table = {
  entry: "route",
  nodes: {
    route: own(route, edges.afterRoute, "retrieve", "log"),
    retrieve: own(retrieve, edges.afterRetrieve, "prompt", "log"),
    prompt: own(prompt, edges.afterPrompt, "call", "log"),
    call: own(call, edges.afterCall, "tools", "validate", "log"),
    tools: own(tools, edges.afterTools, "call", "log"),
    validate: own(validate, edges.afterValidate, "repair", "log"),
    repair: own(repair, edges.afterRepair, "call", "log"),
    log: own(log, () => END, END),
  },
  fields: {},
  placed: [],
};

const NODE_NAME = /^[A-Za-z][\w-]{0,63}$/;

function refuse(message: string): never {
  throw new ArmatureError("CONFIG_INVALID", message);
}

/** Puts a node on every way into `stage`. */
export function insertBefore(table: Table, stage: Stage, name: string, run: StageFunction): Table {
  checkName(table, stage, name);
  const redirect = (target: string) => (target === stage ? name : target);
  const nodes: Record<string, TableNode> = {};
  for (const [key, node] of Object.entries(table.nodes)) {
    nodes[key] = { ...node, next: (state) => redirect(node.next(state)), leadsTo: node.leadsTo.map(redirect) };
  }
  nodes[name] = foreign(run, () => stage, stage);
  const placed: NodeTrace[] = [...table.placed, { name, place: "before", stage }];
  return { ...table, entry: redirect(table.entry), nodes, placed };
}

/**
 * Puts a node on every way out of `stage`, behind those that were put there before; where the stage decides, it
 * decides after all of them.
 */
export function insertAfter(table: Table, stage: Stage, name: string, run: StageFunction): Table {
  checkName(table, stage, name);
  const last = Object.keys(table.nodes).findLast((key) => table.nodes[key]?.follows === stage) ?? stage;
  const before = table.nodes[last] as TableNode;
  const nodes = { ...table.nodes };
  nodes[last] = { ...before, next: (state) => (state.failure ? "log" : name), leadsTo: [name, "log"] };
  nodes[name] = { ...foreign(run, before.next, ...before.leadsTo), follows: stage };
  return { ...table, nodes, placed: [...table.placed, { name, place: "after", stage }] };
}

/** Puts another function in a stage's place; what decides after it stays. */
export function replaceStage(table: Table, stage: Stage, run: StageFunction): Table {
  if ((stage as string) === "log") refuse('"log" may not be replaced: the record belongs to the runner.');
  const node = table.nodes[stage] ?? refuse(`There is no stage "${stage}" to replace.`);
  const nodes = { ...table.nodes, [stage]: { ...node, run, foreign: true } };
  return { ...table, nodes, placed: [...table.placed, { name: stage, place: "instead", stage }] };
}

/** Adds a plugin's fields and nodes. `CONFIG_INVALID` when a name is taken. */
export function extendTable(table: Table, extension: GraphExtension): Table {
  const fields: Record<string, StateField> = { ...table.fields };
  for (const [name, field] of Object.entries(extension.fields ?? {})) {
    if (isStateKey(name) || name in fields) refuse(`State field "${name}" is declared twice.`);
    if (name in table.nodes) refuse(`State field "${name}" has the name of a node; give it another.`);
    fields[name] = field;
  }
  return (extension.nodes ?? []).reduce(placeNode, { ...table, fields });
}

function placeNode(table: Table, node: PlacedNode): Table {
  const run: StageFunction = async (state, services) =>
    (await node.run(state as Parameters<PlacedNode["run"]>[0], services.context)) as Patch;
  return node.place === "before"
    ? insertBefore(table, node.stage, node.name, run)
    : insertAfter(table, node.stage, node.name, run);
}

function foreign(run: StageFunction, next: (state: RequestState) => string, ...leadsTo: string[]): TableNode {
  return {
    run,
    foreign: true,
    next: (state) => (state.failure ? "log" : next(state)),
    leadsTo: [...new Set([...leadsTo, "log"])],
  };
}

function checkName(table: Table, stage: string, name: string): void {
  if (!(stage in table.nodes)) refuse(`Node "${name}" wants to stand at "${stage}", which is no stage.`);
  if (stage === "log")
    refuse(`Node "${name}" may not stand at "log": nothing may come between a request and its record.`);
  if (!NODE_NAME.test(name)) refuse(`Node name "${name}" may hold only letters, digits, - and _.`);
  if (name in table.nodes || name === END) refuse(`Node "${name}" is declared twice.`);
  if (isStateKey(name) || name in table.fields)
    refuse(`Node "${name}" has the name of a state field; give it another.`);
}
