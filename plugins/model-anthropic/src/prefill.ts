import { AIMessage, type BaseMessage } from "@langchain/core/messages";

/** What can carry the beginning of an answer: a whole generation, or a chunk of one. */
interface Piece {
  text: string;
  readonly message: BaseMessage;
}

/**
 * An answer that is to continue an assistant message. The API refuses such a message when it ends in white space, as a
 * stream that was cut often does: it is sent without, and where the continuation begins with the same white space, that
 * is taken off, so that both parts join as they stand.
 */
export class Prefill {
  readonly messages: BaseMessage[];
  #gap = "";

  constructor(messages: BaseMessage[]) {
    const last = messages.at(-1);
    this.messages = messages;
    if (!last || !AIMessage.isInstance(last) || typeof last.content !== "string") return;
    const content = last.content.trimEnd();
    if (content === last.content) return;
    this.#gap = last.content.slice(content.length);
    this.messages = [...messages.slice(0, -1), ...(content === "" ? [] : [new AIMessage(content)])];
  }

  /** Takes off the white space that was sent before. */
  continue(piece: Piece): void {
    const { message } = piece;
    if (this.#gap === "" || typeof message.content !== "string" || message.content === "") return;
    const same = commonLength(this.#gap, message.content);
    this.#gap = same === message.content.length ? this.#gap.slice(same) : "";
    message.content = message.content.slice(same);
    piece.text = message.content;
  }
}

function commonLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}
