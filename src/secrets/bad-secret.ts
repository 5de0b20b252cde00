import * as Data from "effect/Data"
import { shownName } from "../domain/shown.ts"
import type { SecretRef } from "./secret-store.ts"

/** A secret that exists and cannot be used. `reason` and `remedy` are for the operator and never hold a value. */
export class BadSecret extends Data.TaggedError("BadSecret")<{
  readonly ref: SecretRef
  readonly reason: string
  readonly remedy: string
}> {
  override get message() {
    return `secret ${shownName(this.ref)}: ${this.reason}`
  }
}

/** The `caFile` of the runtime or of the store cannot be read, or holds no usable certificate. */
export class BadAuthority extends Data.TaggedError("BadAuthority")<{
  readonly of: "runtime" | "store"
  readonly caFile: string
  readonly reason: string
  readonly remedy: string
}> {}
