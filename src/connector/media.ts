import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Failure, Issue } from "../domain/failure.ts"
import type { AccountContext } from "./account-context.ts"
import type { ByteSource, OpenAnswer, ProviderHttp } from "./provider-http.ts"

/** The caller's description of a medium, before its bytes arrive. `type` is a media type, with or without parameters. */
export interface MediumHead {
  readonly type: string
  /** Length in bytes. */
  readonly length: number
  readonly filename?: string
}

export interface Upload extends MediumHead {
  readonly bytes: ByteSource["bytes"]
}

/** A medium of the provider. `length` in bytes, where the provider states it first. */
export interface Medium {
  readonly type: string
  readonly length?: number
  readonly bytes: OpenAnswer["body"]
}

/** Code and cause of a download whose medium is not as the provider describes it. */
export const mediumIsOther = "medium_is_other"

/** The provider does not have such a medium, has deleted it, or does not show it to this account. */
export class NoSuchMedium extends Data.TaggedError("NoSuchMedium")<{}> {}

/** Media that the provider stores. Neither direction reaches a person: a repeated upload leaves a copy that no person sees. */
export interface Media<Settings, Account> {
  /** Most bytes of any medium. */
  readonly maxBytes: number
  /** Makes every check that needs no byte of the medium. */
  readonly check: (head: MediumHead) => ReadonlyArray<Issue>
  /** Uploads a medium. Returns the provider's id of it. */
  readonly upload: (
    upload: Upload,
    context: AccountContext<Settings, Account>
  ) => Effect.Effect<string, Failure, ProviderHttp>
  readonly download: (
    id: string,
    context: AccountContext<Settings, Account>
  ) => Effect.Effect<Medium, Failure | NoSuchMedium, ProviderHttp | Scope.Scope>
}
