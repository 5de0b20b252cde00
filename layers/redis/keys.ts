/** Names what a partition keeps, each under a key of its own. No name holds an id from outside. */
export type KeyName =
  | "stamp"
  | "epoch"
  | "lease"
  | "replicas"
  | "counters"
  | "log"
  | "delivered"
  | "todo:runtime"
  | "todo:ledger"
  | "refusals"
  | "late"
  | "quarantine"
  | "quarantine:items"
  | "dead"
  | "dead:items"
  | "again"
  | "again:items"
  | "replies"
  | "answered"
  | "audit"
  | "evidence"
  | "evidence:ranks"
  | "activations"
  | "certificates"
  | "check"
  | "keys"
  | "lanes"

/**
 * Returns the keys of a partition, such as `comporta:{p3}:log`. The braces are the hash tag, so that all keys of a
 * partition share one slot.
 */
export const keysOf = (prefix: string, partition: number) => {
  const of = (what: string) => `${prefix}:{p${partition}}:${what}`
  return {
    of: (what: KeyName): string => of(what),
    /**
     * Returns a bucket of dedupe marks of one generation (G10). The name is short, because there is one bucket for
     * about every forty events.
     */
    marks: (generation: number, bucket: number): string => of(`m:${generation}:${bucket}`),
    /** Returns a bucket of the conversations that are aliases of others. */
    aliases: (generation: number, bucket: number): string => of(`a:${generation}:${bucket}`),
    /** Returns the key of the proof that a credential is good (G37). */
    proof: (credential: string): string => of(`proof:${credential}`),
    /** Returns the key of the intents that wait for their turn in one conversation. */
    lane: (lane: string): string => of(`lane:${lane}`),
    /** Returns the key of the answer to one batch (G28). */
    nonce: (nonce: string): string => of(`nonce:${nonce}`)
  }
}
