import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"

/** One HTTP request to a provider. Never follows a redirect, never repeats itself. */
export interface ProviderRequest {
  readonly method: "GET" | "POST" | "DELETE"
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** Sent as `authorization: Bearer …`. */
  readonly bearer?: Redacted.Redacted<string>
  readonly body?: string
  /** In the place of `body`, where it is too large to hold. */
  readonly content?: ByteSource
}

/** Bytes that are read while they are sent: `length` of them in all, neither more nor less. */
export interface ByteSource {
  readonly length: number
  readonly bytes: Stream.Stream<Uint8Array, unknown>
}

/** The provider has begun to speak: the body comes as fast as it is read, and any length of it. */
export interface OpenAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Stream.Stream<Uint8Array, OutcomeUnknown>
}

/** The provider spoke: any status, body as text, at most 1 MiB of it. Header names are lower case. */
export interface ProviderAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Not one byte of the request was written: the provider certainly did nothing. */
export class NotSent extends Data.TaggedError("NotSent")<{
  readonly reason: "refused" | "dns" | "tls" | "connect_timeout" | "too_late" | "invalid" | "network"
  readonly cause?: unknown
}> {}

/** Bytes left and no whole answer came: the provider may have acted. `status` where at least a head was read. */
export class OutcomeUnknown extends Data.TaggedError("OutcomeUnknown")<{
  readonly reason: "timeout" | "connection_lost" | "truncated"
  readonly status?: number
  readonly cause?: unknown
}> {}

/** Bounds of one attempt. */
export interface Attempt {
  /** Asked right before the first byte is written; `false` gives the call back as `NotSent` (G16). */
  readonly mayStart: () => boolean
  /** Milliseconds from now after which the socket is destroyed. */
  readonly deadline: number
}

export interface Caller {
  readonly call: (request: ProviderRequest) => Effect.Effect<ProviderAnswer, NotSent | OutcomeUnknown>
  /** For bodies too large to hold. The end of the scope closes the connection, whatever was read of it. */
  readonly open: (request: ProviderRequest) => Effect.Effect<OpenAnswer, NotSent | OutcomeUnknown, Scope.Scope>
}

/** The only way a connector speaks HTTP, so that the certainty of every failure is known from the wire. */
export class ProviderHttp extends Context.Service<
  ProviderHttp,
  Caller & {
    /** The same caller, bound to one attempt. */
    readonly within: (attempt: Attempt) => Caller
  }
>()("comporta/connector/ProviderHttp") {}
