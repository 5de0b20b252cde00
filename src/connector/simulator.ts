import type * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import type * as HttpClient from "effect/http/HttpClient"
import type * as HttpRouter from "effect/http/HttpRouter"
import type * as Scope from "effect/Scope"
import type { Digest } from "./inbound.ts"

/** Address to which a simulated provider delivers its webhooks, and the secrets that sign them. */
export interface SimulatorOptions {
  readonly webhookUrl: string
  readonly secrets: Readonly<Record<string, Redacted.Redacted<string>>>
  readonly accounts: ReadonlyArray<{
    readonly account: Readonly<Record<string, string>>
    readonly secrets: Readonly<Record<string, Redacted.Redacted<string>>>
  }>
  readonly digest: Digest
}

/** Result of one delivery of a webhook. */
export interface SimulatedDelivery {
  readonly status: number
  readonly admitted: boolean
  readonly deduped: boolean
}

/** A provider that never leaves this machine. Its observations are never evidence. */
export interface Simulator {
  /** Its API and, under `/_simulator`, its controls. */
  readonly routes: Layer.Layer<never, never, HttpRouter.HttpRouter>
  /**
   * Simulates a customer's message: builds one signed webhook and delivers it. Returns an effect that delivers the same bytes
   * again.
   */
  readonly customerWrites: (message: { readonly from: string; readonly text: string }) => Effect.Effect<{
    readonly delivery: SimulatedDelivery
    readonly again: Effect.Effect<SimulatedDelivery>
  }>
  /** Waits until the provider has performed at least `count` effects and returns their texts. */
  readonly effects: (count: number) => Effect.Effect<ReadonlyArray<{ readonly to: string; readonly text: string }>>
}

export type Simulate = (
  options: SimulatorOptions
) => Effect.Effect<Simulator, never, HttpClient.HttpClient | Scope.Scope>
