/** Texts on their way from where they are pushed to one reader that takes them when it likes. */
export class TextQueue implements AsyncIterable<string> {
  readonly #waiting: string[] = [];
  #isOver = false;
  #wake: (() => void) | undefined;

  push(text: string): void {
    this.#waiting.push(text);
    this.#wake?.();
  }

  end = (): void => {
    this.#isOver = true;
    this.#wake?.();
  };

  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    for (;;) {
      while (this.#waiting.length > 0) yield this.#waiting.shift()!;
      if (this.#isOver) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
