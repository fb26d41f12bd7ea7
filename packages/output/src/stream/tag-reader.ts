const DRAFT = /^<(\/?)(think|thinking|thought|reasoning|scratchpad)>$/i;
/** Length of the longest tag, `</scratchpad>`. */
const LONGEST = 13;

/** Sees the tags of drafts in text that comes in pieces. */
export class TagReader {
  private tag = "";
  /** The tag that ends the draft. */
  private closing: string | undefined;

  get isInDraft(): boolean {
    return this.closing !== undefined;
  }

  /** Skips the draft that the text is in, and says where it goes on. */
  skip(text: string, from: number): number {
    const closing = this.closing!;
    const joined = this.tag + text.slice(from);
    const at = joined.indexOf(closing);
    if (at === -1) {
      this.tag = joined.slice(-(closing.length - 1));
      return text.length;
    }
    const end = from + at + closing.length - this.tag.length;
    this.tag = "";
    this.closing = undefined;
    return end;
  }

  /** Takes one character outside a draft; says whether a draft begins with it, or one ends that was never seen to begin. */
  take(char: string): "opened" | "closed" | undefined {
    if (char === "<") this.tag = char;
    else if (this.tag !== "") this.tag = this.tag.length < LONGEST ? this.tag + char : "";
    if (char !== ">") return undefined;
    const found = DRAFT.exec(this.tag);
    this.tag = "";
    if (found === null) return undefined;
    if (found[1] !== "") return "closed";
    this.closing = `</${found[2]}>`;
    return "opened";
  }
}
