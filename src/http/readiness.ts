import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import { Secrets } from "../secrets/secrets.ts"
import { EventLog } from "../inbound/event-log.ts"

export interface ReadinessReport {
  readonly ready: boolean
  readonly checks: ReadonlyArray<{ readonly name: string; readonly state: "ok" | "failed"; readonly problem?: string }>
}

/** May this process be given work? Red until it serves, while it drains, and while the store does not answer or a secret cannot be read. */
export class Readiness extends Context.Service<
  Readiness,
  { readonly serving: (yes: boolean) => Effect.Effect<void>; readonly report: Effect.Effect<ReadinessReport> }
>()("comporta/http/Readiness") {}

export const layer = Layer.effect(
  Readiness,
  Effect.gen(function* () {
    const serving = yield* Ref.make(false)
    const events = yield* EventLog
    const secrets = yield* Secrets
    return Readiness.of({
      serving: (yes) => Ref.set(serving, yes),
      report: Effect.gen(function* () {
        const open = yield* Ref.get(serving)
        const store = yield* events.ping.pipe(
          Effect.timeout("2 seconds"),
          Effect.as(undefined),
          Effect.catch((error) => Effect.succeed(error._tag === "InfraError" ? error.code : "store_timeout"))
        )
        const [unusable] = secrets.unusable()
        return {
          ready: open && store === undefined && unusable === undefined,
          checks: [
            open
              ? { name: "serving", state: "ok" }
              : { name: "serving", state: "failed", problem: "starting or draining" },
            store === undefined
              ? { name: "store.reachable", state: "ok" }
              : { name: "store.reachable", state: "failed", problem: store },
            unusable === undefined
              ? { name: "secrets", state: "ok" }
              : { name: "secrets", state: "failed", problem: `${unusable} cannot be read` }
          ]
        }
      })
    })
  })
)
