import * as Context from "effect/Context"
import type { SigningKey } from "../attestation/keys.ts"
import type { TrustKey } from "./trust.ts"

/** Keys of the recorder of this gateway. */
export class RecorderKeys extends Context.Service<
  RecorderKeys,
  {
    /** The key that signs evidence; absent where nothing is recorded. In `local` it is made at the start. */
    readonly own?: SigningKey
    /** Keys whose records count: those of the trust file; in `local` the own one. */
    readonly trusted: ReadonlyArray<TrustKey>
  }
>()("comporta/readiness/RecorderKeys") {}
