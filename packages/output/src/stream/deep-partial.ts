type Plain = string | number | bigint | boolean | symbol | null | undefined;

/**
 * A value of which parts may still be missing, at any depth. Snapshots share their complete parts, so it is read-only.
 * A date is the text that it is in JSON.
 */
export type DeepPartial<T> = 0 extends 1 & T
  ? T
  : T extends Plain
    ? T
    : T extends readonly unknown[]
      ? number extends T["length"]
        ? readonly DeepPartial<T[number]>[]
        : { readonly [Index in keyof T]?: DeepPartial<T[Index]> }
      : T extends Date
        ? string
        : T extends object
          ? { readonly [Key in keyof T]?: DeepPartial<T[Key]> }
          : T;
