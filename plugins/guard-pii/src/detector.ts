import type { Span } from "@armature/contracts";

/** A span that a detector is sure enough of to report. */
export interface Detection extends Span {
  /** 0 to 1: 1 where a checksum or an unmistakable form speaks for it, less where the words around it had to. */
  readonly score: number;
}

/** Finds one kind of personal data. Takes time linear in the text, whatever the text: it often comes from strangers. */
export interface Detector {
  /** As it stands in findings and, in brackets, in redacted text. */
  readonly label: string;
  /** A text with fewer digits holds none of it: most texts need not be searched. */
  readonly fewestDigits: number;
  /** `text` is folded: digits, blanks, dashes and at-signs are ASCII, at the same offsets as in the original. */
  detect(text: string): Detection[];
}
