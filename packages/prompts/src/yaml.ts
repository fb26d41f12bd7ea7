import { type Document, LineCounter, parseDocument, visit } from "yaml";

interface Yaml {
  readonly value: unknown;
  /** The line of the deepest part of the path that is written there; 0 where none is. */
  lineOf(path: readonly PropertyKey[]): number;
}

/** Reads one YAML document; nothing where a problem was reported. Lines are counted from 1. */
export function readYaml(text: string, report: (line: number, message: string) => void): Yaml | undefined {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const lineAt = (offset: number) => lineCounter.linePos(offset).line;
  const broken = document.errors.map(({ pos, message }) => ({ line: lineAt(pos[0]), message }));
  visit(document, {
    // An asterisk in front of a word, such as that of *important*, refers to a part of the document.
    Alias(_, alias) {
      if (alias.resolve(document)) return;
      const message = `*${alias.source} refers to nothing; a text that begins with * stands in quotes`;
      broken.push({ line: lineAt(alias.range![0]), message });
    },
  });
  for (const { line, message } of broken) report(line, `broken YAML: ${message}`);
  if (broken.length > 0) return undefined;
  try {
    return { value: document.toJS(), lineOf: (path) => lineOfPath(document, path, lineAt) };
  } catch (error) {
    // Such as references that grow without bound.
    report(1, `broken YAML: ${(error as Error).message}`);
    return undefined;
  }
}

function lineOfPath(document: Document, path: readonly PropertyKey[], lineAt: (offset: number) => number): number {
  for (let depth = path.length; depth > 0; depth--) {
    const node = document.getIn(path.slice(0, depth), true) as { range?: readonly number[] } | undefined;
    if (node?.range) return lineAt(node.range[0]!);
  }
  return 0;
}
