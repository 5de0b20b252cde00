import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import { isOk } from "../boot/report.ts"
import { StoreWatch } from "../boot/store-watch.ts"
import type { BootCheck } from "../log/line.ts"
import { Secrets } from "../secrets/secrets.ts"

export interface ReadinessCheck {
  readonly name: string
  readonly state: "ok" | "failed"
  readonly problem?: string
  readonly remedy?: string
}

export interface ReadinessReport {
  readonly ready: boolean
  readonly checks: ReadonlyArray<ReadinessCheck>
}

/**
 * Reports whether this process may be given work. Red until it serves, while it drains, while a check of the store fails, and
 * while a secret cannot be read.
 */
export class Readiness extends Context.Service<
  Readiness,
  { readonly serving: (yes: boolean) => Effect.Effect<void>; readonly report: Effect.Effect<ReadinessReport> }
>()("comporta/http/Readiness") {}

const check = (name: string, problem: string | undefined): ReadinessCheck =>
  problem === undefined ? { name, state: "ok" } : { name, state: "failed", problem }

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
    return Readiness.of({
      serving: (yes) => Ref.set(serving, yes),
      report: Effect.gen(function* () {
        const open = yield* Ref.get(serving)
        const store = (yield* watch.checks).map(asTold)
        const [unusable] = secrets.unusable()
        const checks = [
          check("serving", open ? undefined : "starting or draining"),
          ...store,
          check("secrets", unusable === undefined ? undefined : `${unusable} cannot be read`)
        ]
        return { ready: checks.every(({ state }) => state === "ok"), checks }
      })
    })
  })
)
