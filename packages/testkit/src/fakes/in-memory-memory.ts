import type { Memory, MemoryItem, RequestContext } from "@armature/contracts";
import { fakeTokenizer } from "./fake-tokenizer.js";

interface StoredTurn {
  readonly tenant: string | undefined;
  readonly user: string | undefined;
  readonly thread: string | undefined;
  readonly at: number;
  readonly item: MemoryItem;
}

/** A memory in a map: every turn is kept, the newest that fit are recalled. */
export function inMemoryMemory(): Memory {
  const turns = new Map<string, StoredTurn>();
  const isHere = (turn: StoredTurn, context: RequestContext) =>
    turn.tenant === context.tenant && turn.thread === context.thread;
  return {
    async recall({ maxTokens }, context) {
      const items: MemoryItem[] = [];
      let room = maxTokens;
      const here = [...turns.values()].filter((turn) => isHere(turn, context)).sort((a, b) => b.at - a.at);
      for (const { item } of here) {
        room -= item.tokens;
        if (room < 0) break;
        items.unshift(item);
      }
      return items;
    },
    async remember({ messages, at }, context) {
      const { requestId, tenant, user, thread } = context;
      if (turns.has(requestId)) return;
      const tokens = fakeTokenizer().count(JSON.stringify(messages));
      turns.set(requestId, { tenant, user, thread, at, item: { id: requestId, kind: "turn", messages, tokens } });
    },
    async forget(scope) {
      const going = [...turns].filter(
        ([, turn]) =>
          turn.tenant === scope.tenant &&
          (scope.user === undefined || turn.user === scope.user) &&
          (scope.thread === undefined || turn.thread === scope.thread),
      );
      for (const [requestId] of going) turns.delete(requestId);
      return { from: "in-memory", removed: { turns: going.length } };
    },
  };
}
