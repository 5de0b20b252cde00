import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import { isOk } from "../../boot/report.ts"
import { StoreWatch } from "../../boot/store-services.ts"
import { Breaker } from "../../inbound/deliver/circuit-breaker.ts"
import type { BootCheck } from "../../log/line.ts"
import { Secrets } from "../../secrets/secrets.ts"

export interface ReadinessCheck {
  readonly name: string
  /** `degraded`: a fault for which the load balancer need not send work to another replica. */
  readonly state: "ok" | "degraded" | "failed"
  readonly problem?: string
  readonly remedy?: string
}

export interface ReadinessReport {
  readonly ready: boolean
  readonly checks: ReadonlyArray<ReadinessCheck>
}

/**
 * Reports whether this process can take work. It is not ready until it serves, while it drains, while a check of the store
 * fails, and while a secret cannot be read.
 */
export class Readiness extends Context.Service<
  Readiness,
  { readonly serving: (yes: boolean) => Effect.Effect<void>; readonly report: Effect.Effect<ReadinessReport> }
>()("comporta/http/Readiness") {}

const check = (name: string, problem: string | undefined): ReadinessCheck =>
  problem === undefined ? { name, state: "ok" } : { name, state: "failed", problem }

/** Reports a fault that stops neither webhooks nor sends. Failing here would take every replica away from the provider. */
const degraded = (name: string, problem: string | undefined): ReadonlyArray<ReadinessCheck> =>
  problem === undefined ? [] : [{ name, state: "degraded", problem }]

const asTold = (one: BootCheck): ReadinessCheck => {
  const { name, problem, remedy } = one
  if (isOk(one)) return { name, state: "ok" }
  return {
    name,
    state: "failed",
    ...(problem === undefined ? {} : { problem }),
    ...(remedy === undefined ? {} : { remedy })
  }
}

export const layer = Layer.effect(
  Readiness,
  Effect.gen(function* () {
    const serving = yield* Ref.make(false)
    const watch = yield* StoreWatch
    const secrets = yield* Secrets
    const breaker = yield* Breaker
    return Readiness.of({
      serving: (yes) => Ref.set(serving, yes),
      report: Effect.gen(function* () {
        const open = yield* Ref.get(serving)
        const store = (yield* watch.checks).map(asTold)
        const [unusable] = secrets.unusable()
        const away = yield* breaker.away
        const checks = [
          check("serving", open ? undefined : "starting or draining"),
          ...store,
          check("secrets", unusable === undefined ? undefined : `${unusable} cannot be read`),
          ...degraded("runtime", away === undefined ? undefined : `away: ${away}`)
        ]
        return { ready: checks.every(({ state }) => state !== "failed"), checks }
      })
    })
  })
)
