/** Something that was typed is wrong: one plain sentence, exit code 2. */
export class UsageError extends Error {}
