/** The leading part of a prompt's messages that is equal in every request: what a provider may keep in its cache. */
export interface StablePrefix {
  /** Whole messages. */
  readonly messages: number;
  /** Leading content parts of the message after them. */
  readonly parts: number;
}
