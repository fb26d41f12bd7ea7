const NAMES = ["think", "thinking", "thought", "reasoning", "scratchpad"];
const DRAFT = new RegExp(`^<(/?)(${NAMES.join("|")})>$`, "i");
const CLOSING = new Map(NAMES.map((name) => [name, new RegExp(`</${name}>`, "i")]));
/** Length of the longest tag, `</scratchpad>`. */
const LONGEST = 13;

/** Sees the tags of drafts in text that comes in pieces. */
export class TagReader {
  private tag = "";
  /** The tag that ends the draft. */
  private closing: RegExp | undefined;

  get isInDraft(): boolean {
    return this.closing !== undefined;
  }

  /** Skips the draft that the text is in, and says where it goes on. */
  skip(text: string, from: number): number {
    const closing = this.closing!;
    const joined = this.tag + text.slice(from);
    const found = closing.exec(joined);
    if (found === null) {
      this.tag = joined.slice(1 - LONGEST);
      return text.length;
    }
    const end = from + found.index + found[0].length - this.tag.length;
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
    this.closing = CLOSING.get(found[2]!.toLowerCase());
    return "opened";
  }
}
