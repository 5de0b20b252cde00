import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type { Limit } from "../../../src/connector/limit.ts"
import { IntentId } from "../../../src/domain/ids.ts"
import {
  type AcquireDecision,
  Accounts,
  type AcquireRequest,
  type CallReport,
  type Timing
} from "../../../src/outbound/accounts/accounts.ts"

/** An implementation of the accounts under test, with control over its clock. */
export interface Subject<R, E> {
  /** Builds the accounts on a fresh store. */
  readonly layer: (timing?: Partial<Timing>) => Layer.Layer<Accounts | R, E>
  readonly elapse: (millis: number) => Effect.Effect<void, E, R>
  /** Sets back the clock that the limits use, by this many milliseconds. */
  readonly setBack: (millis: number) => Effect.Effect<void, E, R>
}

export const contract =
  <R, E>(subject: Subject<R, E>) =>
  <E2>(name: string, test: Effect.Effect<unknown, E2, Accounts | R>, timing?: Partial<Timing>) =>
    it.effect(name, () => Effect.provide(test, subject.layer(timing)))

export const account = "ac".repeat(16)
export const recipient = "5e".repeat(16)
export const ref = { account, credential: "key-1" }

let made = 0
const newId = () => IntentId.make(`int_${(made++).toString(16).padStart(32, "0")}`)

/** Makes a limit that refills too slowly (every 10 minutes) to matter during a test. */
export const slow = (more: Partial<Limit> = {}): Limit => ({
  name: "throughput",
  of: "account",
  every: 600_000,
  burst: 2,
  ...more
})
export const pair = slow({ name: "pair", of: "recipient" })

/** Makes a request for a new intent unless `more` names one. */
export const requestOf = (more: Partial<AcquireRequest> = {}): AcquireRequest => ({
  ...ref,
  intentId: newId(),
  recipient,
  limits: [],
  succeeded: 0,
  ...more
})

export const acquire = (more: Partial<AcquireRequest> = {}) =>
  Accounts.use((accounts) => accounts.acquire(requestOf(more)))
export const tags = (allowances: ReadonlyArray<AcquireDecision>) => allowances.map(({ _tag }) => _tag)

export const reportOf = (more: Partial<CallReport> = {}): CallReport => ({
  ...ref,
  intentId: newId(),
  recipient,
  succeeded: 0,
  health: "good",
  code: "x",
  payAgain: false,
  ...more
})
export const report = (more: Partial<CallReport> = {}) => Accounts.use((accounts) => accounts.report(reportOf(more)))
export const reports = (many: number, more: Partial<CallReport>) =>
  Effect.map(
    Effect.forEach(Array.from({ length: many }), () => report(more)),
    (changes) => changes.flat()
  )

export const look = (credential = "key-1") => Accounts.use((accounts) => accounts.look({ account, credential }))

/** Acquires, expects the decision `Paused` and returns it. */
export const paused = Effect.fnUntraced(function* (more: Partial<AcquireRequest> = {}) {
  const allowance = yield* acquire(more)
  return allowance._tag === "Paused" ? allowance : assert.fail(`expected Paused, got ${allowance._tag}`)
})
export const allowed = Effect.fnUntraced(function* (more: Partial<AcquireRequest> = {}) {
  const allowance = yield* acquire(more)
  return allowance._tag === "Allowed" ? allowance : assert.fail(`expected Allowed, got ${allowance._tag}`)
})
