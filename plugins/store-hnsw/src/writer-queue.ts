interface Entry {
  run(): Promise<void>;
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * One writer at a time. What waits together is committed together: each caller hears of success only after `commit`,
 * and when that fails, `rollback` runs and every caller of the group hears why.
 */
export class WriterQueue {
  #entries: Entry[] = [];
  #isDraining = false;

  constructor(
    private readonly commit: () => Promise<void>,
    private readonly rollback: () => Promise<void>,
  ) {}

  async run<T>(write: () => Promise<T>): Promise<T> {
    let result!: T;
    await new Promise<void>((resolve, reject) => {
      this.#entries.push({
        run: async () => {
          result = await write();
        },
        resolve,
        reject,
      });
      if (!this.#isDraining) void this.#drain();
    });
    return result;
  }

  /** Resolves when everything that was handed in before has ended. */
  async idle(): Promise<void> {
    await this.run(async () => {}).catch(() => {});
  }

  async #drain(): Promise<void> {
    this.#isDraining = true;
    while (this.#entries.length > 0) {
      const group = this.#entries;
      this.#entries = [];
      const written: Entry[] = [];
      for (const entry of group) {
        try {
          await entry.run();
          written.push(entry);
        } catch (error) {
          entry.reject(error);
        }
      }
      await this.#finish(written);
    }
    this.#isDraining = false;
  }

  async #finish(written: readonly Entry[]): Promise<void> {
    try {
      await this.commit();
      for (const entry of written) entry.resolve();
    } catch (error) {
      await this.rollback();
      for (const entry of written) entry.reject(error);
    }
  }
}
