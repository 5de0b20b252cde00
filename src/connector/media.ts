import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Failure, Issue } from "../domain/failure.ts"
import type { AccountContext } from "./account-context.ts"
import type { ByteSource, OpenAnswer, ProviderHttp } from "./provider-http.ts"

/** What a caller says of a medium before its bytes come. `type` is a media type, with or without parameters. */
export interface MediumHead {
  readonly type: string
  /** Bytes. */
  readonly length: number
  readonly filename?: string
}

export interface Upload extends MediumHead {
  readonly bytes: ByteSource["bytes"]
}

/** What the provider has. `length` in bytes, where it says so before. */
export interface Medium {
  readonly type: string
  readonly length?: number
  readonly bytes: OpenAnswer["body"]
}

/** The provider has no such medium, or has it no longer, or shows it to others alone. */
export class NoSuchMedium extends Data.TaggedError("NoSuchMedium")<{}> {}

/** Media that are kept at the provider. Neither way touches a person: an upload that is repeated leaves one that nobody sees. */
export interface Media<Settings, Account> {
  /** The most bytes that any medium may have. */
  readonly maxBytes: number
  /** All that can be refused before a byte is sent. */
  readonly check: (head: MediumHead) => ReadonlyArray<Issue>
  /** Answers the provider's id of it. */
  readonly upload: (
    upload: Upload,
    context: AccountContext<Settings, Account>
  ) => Effect.Effect<string, Failure, ProviderHttp>
  readonly download: (
    id: string,
    context: AccountContext<Settings, Account>
  ) => Effect.Effect<Medium, Failure | NoSuchMedium, ProviderHttp | Scope.Scope>
}
