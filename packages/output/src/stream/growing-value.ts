import type { JsonObject, JsonValue } from "@armature/contracts";
import type { Shape } from "../coerce/shape.js";
import { jsonEqual } from "../json-equal.js";
import { fitted } from "./fit.js";
import { nameOf, narrowed, nullIsAbsent, type Place, type Places } from "./place.js";
import { type OutputSnapshot, snapshotOf } from "./snapshot.js";

interface Frame {
  readonly container: JsonValue[] | JsonObject;
  readonly isList: boolean;
  /** Where the container stands; undefined where the schema leaves it out. */
  readonly place: Place | undefined;
  /** Shown as it grows. Otherwise it is judged as a whole when it is closed. */
  readonly isShown: boolean;
  /** What the container may be; fewer once a discriminator has come. */
  shapes: readonly Shape[];
  key: string;
  /** Where the next value goes; undefined where the schema leaves it out. */
  child: Place | undefined;
}

/**
 * A value that is put together from its parts in the order of the text. It holds what the schema makes of each part,
 * and from the first part on that breaks the schema it shows nothing further.
 */
export class GrowingValue {
  private readonly frames: Frame[] = [];
  private root: JsonValue | undefined;
  private isWhole = false;
  /** What is shown from where the schema was broken on. */
  private frozen: OutputSnapshot<unknown> | undefined;

  constructor(private readonly places: Places) {}

  /** How many containers are open. */
  get depth(): number {
    return this.frames.length;
  }

  get isInList(): boolean {
    return this.frames[this.frames.length - 1]?.isList === true;
  }

  /** All of it, when it has come and fits as far as the parts tell. */
  get whole(): JsonValue | undefined {
    return this.isWhole && this.frozen === undefined ? this.root : undefined;
  }

  /** Its state, with the text that is being written at the end of it, where there is one. */
  snapshot(text?: string): OutputSnapshot<unknown> {
    if (this.frozen !== undefined) return this.frozen;
    if (this.isWhole) return snapshotOf(this.root, [], 0);
    const last = this.frames.findLastIndex((frame) => frame.isShown);
    const tip: (string | number)[] = [];
    let value: JsonValue | undefined = text;
    for (let at = last; at >= 0; at -= 1) {
      const frame = this.frames[at]!;
      const isAtTip = at === last && text === undefined;
      const isNew = at === last;
      // What was complete before is shared; only the containers that are still open are copied.
      if (frame.isList) {
        const list: JsonValue[] = (frame.container as JsonValue[]).slice();
        const index = isNew ? list.length : list.length - 1;
        if (!isAtTip) {
          list[index] = value!;
          tip.push(index);
        }
        value = list;
      } else {
        const object: JsonObject = { ...(frame.container as JsonObject) };
        if (!isAtTip) {
          object[frame.key] = value!;
          tip.push(frame.key);
        }
        value = object;
      }
    }
    return snapshotOf(value, tip.reverse(), tip.length + 1);
  }

  open(isList: boolean): void {
    const parent = this.frames[this.frames.length - 1];
    if (parent?.isShown && isTaken(parent)) this.freeze();
    const place = parent === undefined ? this.places.root : parent.child;
    const shapes = (isList ? place?.lists : place?.objects) ?? [];
    const isShown = (parent?.isShown ?? true) && this.frozen === undefined && shapes.length > 0;
    const container = isList ? [] : {};
    if (parent === undefined) this.root = isShown ? container : undefined;
    else if (isShown || (!parent.isShown && place !== undefined)) this.put(parent, container);
    this.frames.push({ container, isList, place, isShown, shapes, key: "", child: undefined });
    if (isList) this.expectItem();
  }

  /** Closes the innermost container; says whether it was the last. */
  close(bracket: "}" | "]"): boolean {
    const frame = this.frames[this.frames.length - 1]!;
    // Of the root's bracket it is clear what was meant; further in there are several readings.
    if ((bracket === "]") !== frame.isList && this.frames.length > 1) this.freeze();
    this.frames.pop();
    const parent = this.frames[this.frames.length - 1];
    if (frame.isShown) {
      if (this.frozen === undefined) Object.freeze(frame.container);
    } else if (frame.place !== undefined && this.frozen === undefined && (parent?.isShown ?? true)) {
      const value = fitted(frame.container, frame.place.shape, this.places.shape);
      if (value === undefined) this.freeze();
      else if (parent === undefined) this.root = deeplyFrozen(value);
      else this.put(parent, deeplyFrozen(value));
    }
    if (parent === undefined) this.isWhole = true;
    else if (parent.isList) this.expectItem();
    return parent === undefined;
  }

  name(key: string): void {
    const frame = this.frames[this.frames.length - 1]!;
    if (key === "__proto__") this.freeze();
    frame.key = frame.isShown ? nameOf(frame.shapes, key, frame.container, this.places.shape) : key;
    frame.child = frame.isShown ? this.places.field(frame.shapes, frame.key) : this.places.anything;
  }

  /** Whether a text that begins here is shown while it grows. */
  get isTextShown(): boolean {
    const frame = this.frames[this.frames.length - 1];
    if (this.frozen !== undefined) return false;
    if (frame === undefined) return this.places.root.grows;
    return frame.isShown && frame.child?.grows === true && !isTaken(frame);
  }

  /** A text that was shown while it grew and has come in full. */
  endText(text: string): void {
    const frame = this.frames[this.frames.length - 1];
    if (frame !== undefined) this.attach(frame, text);
    else {
      this.root = text;
      this.isWhole = true;
    }
  }

  /** A number, literal or text that has come in full, in the form that the schema gives it. `raw` is how it was written. */
  add(value: JsonValue, raw: string): void {
    const frame = this.frames[this.frames.length - 1];
    if (this.frozen !== undefined) return;
    const place = frame === undefined ? this.places.root : frame.child;
    if (place === undefined) return;
    const { shape } = this.places;
    if (frame === undefined) {
      this.root = fitted(value, place.shape, shape, raw);
      if (this.root === undefined) this.freeze();
      this.isWhole = true;
    } else if (!frame.isShown) this.attach(frame, value);
    else if (value !== null || frame.isList || !nullIsAbsent(frame.shapes, frame.key, place, shape)) {
      const fit = fitted(value, place.shape, shape, raw);
      if (fit === undefined) this.freeze();
      else this.attach(frame, fit);
    }
  }

  /** From here on nothing is shown but what has been: it would not be what the whole answer comes to. */
  freeze(): void {
    this.frozen ??= this.snapshot();
  }

  private attach(frame: Frame, value: JsonValue): void {
    this.put(frame, value);
    if (frame.isList) this.expectItem();
  }

  private put(frame: Frame, value: JsonValue): void {
    if (this.frozen !== undefined) return;
    if (frame.isList) {
      (frame.container as JsonValue[]).push(value);
      return;
    }
    const object = frame.container as JsonObject;
    if (Object.hasOwn(object, frame.key)) {
      if (!jsonEqual(object[frame.key]!, value)) this.freeze();
      return;
    }
    object[frame.key] = value;
    if (typeof value !== "object") frame.shapes = narrowed(frame.shapes, frame.key, value, this.places.shape);
  }

  private expectItem(): void {
    const frame = this.frames[this.frames.length - 1]!;
    const { length } = frame.container as JsonValue[];
    frame.child = frame.isShown ? this.places.item(frame.shapes, length) : this.places.anything;
  }
}

function isTaken(frame: Frame): boolean {
  return !frame.isList && Object.hasOwn(frame.container, frame.key);
}

/** Its depth is bounded, as that of all that is read is. */
function deeplyFrozen(value: JsonValue): JsonValue {
  if (typeof value !== "object" || value === null) return value;
  for (const part of Object.values(value)) deeplyFrozen(part as JsonValue);
  return Object.freeze(value) as JsonValue;
}
