/** What a partition keeps, each under a key of its own. No name holds an id from outside. */
export type KeyName =
  | "stamp"
  | "epoch"
  | "lease"
  | "replicas"
  | "counters"
  | "log"
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
  | "check"
  | "keys"
  | "lanes"

/** `comporta:{p3}:log`: the braces are the hash tag, so that all keys of a partition share one slot. */
export const keysOf = (prefix: string, partition: number) => {
  const of = (what: string) => `${prefix}:{p${partition}}:${what}`
  return {
    of: (what: KeyName): string => of(what),
    /** A bucket of what was seen in one generation (G10); short, since there is one for every forty events or so. */
    marks: (generation: number, bucket: number): string => of(`m:${generation}:${bucket}`),
    /** A bucket of the conversations that are aliases of others. */
    aliases: (generation: number, bucket: number): string => of(`a:${generation}:${bucket}`),
    /** That a credential was proven good (G37). */
    proof: (credential: string): string => of(`proof:${credential}`),
    /** Intents that wait for their turn in one conversation. */
    lane: (lane: string): string => of(`lane:${lane}`),
    /** The answer to one batch (G28). */
    nonce: (nonce: string): string => of(`nonce:${nonce}`)
  }
}
