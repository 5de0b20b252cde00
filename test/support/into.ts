import type { Batch, NewEntry } from "../../src/inbound/event-log/event-log.ts"

/** Makes a batch for one partition. */
export const into = (
  partition: number,
  { nonce, entries }: { readonly nonce: string; readonly entries: ReadonlyArray<NewEntry> }
): Batch => ({ nonce, parts: [{ partition, entries }] })
