const ESCAPES: { readonly [character: string]: string } = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text for XML and HTML, attributes included. Control characters and halves of pairs become U+FFFD. */
export function escapeMarkup(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cs}\ufffe\uffff]/gu, (character) => ("\t\n\r".includes(character) ? character : "\ufffd"))
    .replace(/[&<>"']/g, (character) => ESCAPES[character]!);
}
