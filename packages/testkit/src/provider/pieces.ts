/** The pieces in which a text is streamed: a word with the white space before it counts as one token. */
export function splitTokens(text: string): string[] {
  return text.match(/\s*\S+|\s+$/g) ?? [];
}

/** The pieces in which a tool's arguments are streamed. */
export function splitArguments(text: string): string[] {
  return text.match(/[\s\S]{1,8}/g) ?? [];
}
