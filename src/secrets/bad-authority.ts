import * as Data from "effect/Data"

/** The file of the authorities that speak for the runtime, or for the store, is none. */
export class BadAuthority extends Data.TaggedError("BadAuthority")<{
  readonly of: "runtime" | "store"
  readonly caFile: string
  readonly reason: string
  readonly remedy: string
}> {}
