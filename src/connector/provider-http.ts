import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"

/** One HTTP request to a provider. It never follows a redirect and is never repeated. */
export interface ProviderRequest {
  readonly method: "GET" | "POST" | "DELETE"
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** Sent as `authorization: Bearer …`. */
  readonly bearer?: Redacted.Redacted<string>
  readonly body?: string
  /** Replaces `body` where that is too large for memory. */
  readonly content?: ByteSource
}

/** Bytes that are read while they are sent: exactly `length` of them. */
export interface ByteSource {
  readonly length: number
  readonly bytes: Stream.Stream<Uint8Array, unknown>
}

/** Answer whose head has arrived. The body, of any length, arrives as fast as it is read. */
export interface OpenAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Stream.Stream<Uint8Array, OutcomeUnknown>
}

/** Complete answer of the provider: any status, the body as text of at most 1 MiB. Header names are lower case. */
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

/** Bytes were written and no complete answer came: the provider may have acted. `status` is present when the head was read. */
export class OutcomeUnknown extends Data.TaggedError("OutcomeUnknown")<{
  readonly reason: "timeout" | "connection_lost" | "truncated"
  readonly status?: number
  readonly cause?: unknown
}> {}

/** Limits of one attempt. */
export interface Attempt {
  /** Called right before the first byte is written. If it returns false, the call fails with `NotSent` (G16). */
  readonly mayStart: () => boolean
  /** Milliseconds from now after which the socket is destroyed. */
  readonly deadline: number
}

export interface Caller {
  readonly call: (request: ProviderRequest) => Effect.Effect<ProviderAnswer, NotSent | OutcomeUnknown>
  /** Sends a request whose bodies may exceed memory. Closing the scope closes the connection, however much was read. */
  readonly open: (request: ProviderRequest) => Effect.Effect<OpenAnswer, NotSent | OutcomeUnknown, Scope.Scope>
}

/** The only way in which a connector uses HTTP, so that the certainty of every failure is known from the wire. */
export class ProviderHttp extends Context.Service<
  ProviderHttp,
  Caller & {
    /** Returns the same caller, bound to one attempt. */
    readonly within: (attempt: Attempt) => Caller
  }
>()("comporta/connector/ProviderHttp") {}
