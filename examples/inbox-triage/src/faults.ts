import { type ChatRequest, type Fault, type FaultSource, faultPlan } from "@armature/testkit/provider";
import { type ShownEmail, shownEmail } from "./rules.js";

/** Share of the calls that are broken. */
const FAULT_RATE = 1 / 3;

/**
 * What a rate limit asks to wait. Seconds. Answers take milliseconds here, about a hundredth of what a real model takes,
 * and the wait shrinks with them: a whole second would rest a route for a quarter of the run.
 */
const RETRY_AFTER_S = 0.05;

/**
 * What goes wrong, each equally often. The plan follows the e-mail, not the words of the request: attempt n on one
 * e-mail suffers the same in both contestants.
 */
export function triageFaults(seed: number): FaultSource {
  return faultPlan({
    seed,
    rate: FAULT_RATE,
    key: (request) => JSON.stringify(shownEmail(request)),
    kinds: [
      { kind: "status", status: 429, retryAfter: RETRY_AFTER_S },
      { kind: "status", status: 503 },
      { kind: "status", status: 500 },
      "reset",
      "no_answer",
      "html_body",
      "empty_choices",
      "error_body",
      "truncated_body",
      "truncated_json",
      { kind: "truncated_json", finish: "stop" },
      "prose_around_json",
      "prose_around_json",
      "wrong_types",
      { kind: "wrong_types", field: "urgency" },
      { kind: "missing_field", field: "amounts" },
      { kind: "missing_field", field: "subject" },
      "refusal",
      inventedSender,
      inventedSubject,
      inventedAmount,
      movedDigit,
      swappedSender,
      swappedSender,
      swappedSubject,
      swappedSubject,
    ],
  });
}

interface Answer extends Record<string, unknown> {
  readonly amounts: readonly string[];
}

/** A fault that says something else with full confidence: well-formed, of the right type, and false. */
function lie(request: ChatRequest, change: (email: ShownEmail, answer: Answer) => Record<string, unknown>): Fault {
  return {
    kind: "rewrite",
    rewrite(text) {
      const answer = JSON.parse(text) as Answer;
      return JSON.stringify({ ...answer, ...change(shownEmail(request), answer) });
    },
  };
}

function inventedSender(request: ChatRequest): Fault {
  return lie(request, () => ({ sender: "customer.care@mailing-desk.example" }));
}

function inventedSubject(request: ChatRequest): Fault {
  return lie(request, ({ subject }) => ({ subject: `Follow-up: ${subject || "your request"}` }));
}

function inventedAmount(request: ChatRequest): Fault {
  return lie(request, (_, { amounts }) => ({ amounts: [...amounts, "$48,213.77"] }));
}

/** The first digit of the first amount becomes another; an e-mail without amounts gets one. */
function movedDigit(request: ChatRequest): Fault {
  return lie(request, (_, { amounts: [first = "$6,140", ...rest] }) => ({
    amounts: [first.replace(/\d/, (digit) => String((Number(digit) % 9) + 1)), ...rest],
  }));
}

/** Another address that does occur in the text; an invented one where there is none. */
function swappedSender(request: ChatRequest): Fault {
  return lie(request, ({ body, address }) => {
    const others = body.match(/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g) ?? [];
    const other = others.find((one) => one.toLowerCase() !== address.toLowerCase());
    return { sender: other ?? "office@nobody.example" };
  });
}

/** A line of the text in place of the subject. */
function swappedSubject(request: ChatRequest): Fault {
  return lie(request, ({ body, subject }) => {
    const lines = body.split("\n").map((line) => line.trim());
    const other = lines.find((line) => line.length > 8 && line.length < 80 && line !== subject);
    return { subject: other ?? "(no subject)" };
  });
}
