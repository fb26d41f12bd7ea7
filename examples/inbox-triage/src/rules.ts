import { type ChatRequest, messageText, type Responder } from "@armature/testkit/provider";

/** The e-mail as the prompt shows it. */
export interface ShownEmail {
  readonly address: string;
  readonly name: string;
  readonly subject: string;
  readonly body: string;
}

const SHOWN = /^From: (.*) <([^<>\n]*)>\nSubject: ?(.*)(?:\n+([\s\S]*))?$/;

/** Finds the e-mail in a request: the first user message, whatever was said since. */
export function shownEmail(request: ChatRequest): ShownEmail {
  const message = request.messages.find(({ role }) => role === "user");
  const [, name = "", address = "", subject = "", body = ""] = SHOWN.exec(message ? messageText(message) : "") ?? [];
  return { name, address, subject, body };
}

/** The stand-in for a model: reads each e-mail by plain rules. */
export const answerByRules: Responder = (request) => {
  const email = shownEmail(request);
  return JSON.stringify({
    sender: email.address,
    subject: email.subject,
    category: categoryOf(email),
    urgency: urgencyOf(email),
    summary: `${email.name || email.address || "Somebody"} writes: ${firstWords(email.subject || email.body)}.`,
    amounts: amountsIn(email.body),
  });
};

const CATEGORIES = [
  ["scam", /\b(viagra|nigeria|lottery|winner|million dollars|confidential|click here|guaranteed)\b/i],
  ["offer", /\b(offer|free|sale|price|buy|order|discount|save)\b/i],
  ["newsletter", /\b(newsletter|unsubscribe|digest|issue \d+|headlines)\b/i],
  ["notification", /\b(automatic|do not reply|notification|alert|bug \d+|cvs)\b/i],
] as const;

function categoryOf({ subject, body }: ShownEmail): string {
  return CATEGORIES.find(([, words]) => words.test(`${subject}\n${body}`))?.[0] ?? "discussion";
}

function urgencyOf({ subject, body }: ShownEmail): number {
  const signs = [/\burgent|asap|immediately\b/i, /\btoday|tonight|deadline\b/i, /!/, /\?/];
  return 1 + signs.filter((sign) => sign.test(`${subject}\n${body}`)).length;
}

function firstWords(text: string): string {
  return text.replace(/\s+/g, " ").trim().slice(0, 120);
}

const AMOUNT =
  /(?<![\w$€£])(?:US)?[$€£] ?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?: ?(?:thousand|million|billion))?(?!\w|[.,]\d)/gi;

function amountsIn(text: string): string[] {
  return [...new Set(text.match(AMOUNT) ?? [])].slice(0, 30);
}
