import { ArmatureError, type Model } from "@armature/contracts";
import { diffLines, shortenDiff } from "@armature/prompts";
import { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { AIMessage, BaseMessage } from "@langchain/core/messages";
import type { ChatResult } from "@langchain/core/outputs";
import { answerOf, keyOf, linesOf, messageOf, RecordedCall, type RecordedRequest, requestOf } from "./recorded-call.js";
import { type CassetteOptions, openTape, type Tape } from "./tape.js";

/** Lines of the nearest request's difference that an error shows. */
const DIFFERENCE_LINES = 30;

export interface ModelCassetteOptions extends CassetteOptions {
  /** One call a line, as JSON. Each model has a file of its own. */
  readonly file: string;
}

/**
 * A model for the tests of an application: it asks `model` once, keeps request and answer, and from then on answers the
 * same request from the file, on every machine and without a provider. A request that was not recorded is
 * `CONFIG_INVALID` with the difference from the nearest one, and so is a cassette in production. What the provider failed
 * with while it recorded is passed on and not kept. Answers come whole: a cassette does not stream.
 */
export function cassette(model: Model, { file, ...options }: ModelCassetteOptions): Model {
  const tape = openTape({
    ...options,
    file,
    entry: RecordedCall,
    what: "recorded call",
    keyOf: ({ request }) => keyOf(request),
  });
  return {
    ...model,
    capabilities: { ...model.capabilities, streaming: false },
    chat: new CassetteChat(model, file, tape),
    callOptions: (parameters) => model.callOptions(parameters),
  };
}

class CassetteChat extends BaseChatModel {
  readonly #model: Model;
  readonly #file: string;
  readonly #tape: Tape<RecordedCall>;

  constructor(model: Model, file: string, tape: Tape<RecordedCall>) {
    super({ maxRetries: 0 });
    this.#model = model;
    this.#file = file;
    this.#tape = tape;
  }

  override _llmType(): string {
    return "cassette";
  }

  override async _generate(messages: BaseMessage[], options: this["ParsedCallOptions"]): Promise<ChatResult> {
    options.signal?.throwIfAborted();
    const request = requestOf(this.#model, messages, options);
    const { entry } = await this.#tape.play({
      key: keyOf(request),
      ask: async () => ({
        request,
        answer: answerOf((await this.#model.chat.invoke(messages, options)) as AIMessage),
      }),
      miss: (entries) => missing(this.#file, request, entries),
    });
    const message = messageOf(entry.answer);
    return { generations: [{ text: message.text, message }] };
  }
}

function missing(file: string, request: RecordedRequest, entries: readonly RecordedCall[]): ArmatureError {
  const asked = linesOf(request);
  const nearest = entries
    .map((entry) => diffLines(linesOf(entry.request), asked))
    .sort((a, b) => moved(a) - moved(b))[0];
  const shown = nearest && shortenDiff(nearest, 1);
  const cut = shown && shown.length > DIFFERENCE_LINES ? [...shown.slice(0, DIFFERENCE_LINES), "..."] : shown;
  const difference = cut ? `the nearest differs in (- recorded, + asked):\n  ${cut.join("\n  ")}` : "it is empty";
  const message = `${file} has no answer of ${request.model} to this request; ${difference}\nRecord it with ARMATURE_CASSETTES=record.`;
  return new ArmatureError("CONFIG_INVALID", message, { details: { cassette: file, model: request.model } });
}

function moved(lines: readonly string[]): number {
  return lines.filter((line) => !line.startsWith("  ")).length;
}
