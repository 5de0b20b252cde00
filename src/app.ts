import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import { configChecks } from "./boot/config-checks.ts"
import { configureAll } from "./boot/connector-checks.ts"
import { BootRefused, failed, isOk, ok } from "./boot/report.ts"
import { secretChecks } from "./boot/secret-checks.ts"
import { badSecret, storeProblem } from "./boot/store-checks.ts"
import type { Reading } from "./config/read.ts"
import { secretRefs } from "./config/secret-refs.ts"
import { app } from "./http/app.ts"
import { Readiness } from "./http/readiness.ts"
import { WebServer } from "./http/web-server.ts"
import { WebhookGate } from "./http/webhook-gate.ts"
import type { BootCheck } from "./log/line.ts"
import { Log } from "./log/log.ts"
import type { Parts } from "./parts.ts"
import * as Secrets from "./secrets/secrets.ts"
import { buildStore, drainOf, servicesOf } from "./services.ts"

/**
 * The gateway, from its configuration and its parts: checked, started, and stopped in reverse when its scope ends.
 * Refuses with every check that failed, not only the first.
 */
export const gateway = Effect.fnUntraced(function* ({ file, config, locate }: Reading, parts: Parts) {
  const log = yield* Log
  let served = false
  yield* Effect.addFinalizer(() => Effect.sync(() => (served ? log.write("info", "server.stopped") : undefined)))
  const place = (path: ReadonlyArray<string>) => {
    const at = locate(path)
    return `${file}${at === undefined ? "" : `:${at.line}:${at.column}`} ${path.join(".")}`
  }
  const checks: Array<BootCheck> = [ok("config"), ...configChecks(config)]
  const check = (...more: ReadonlyArray<BootCheck>) => checks.push(...more)
  const refused = (one: BootCheck) => new BootRefused({ checks: [...checks, one] })

  const configured = configureAll(config, parts.connectors, place)
  check(...configured.checks)
  const secrets = yield* Layer.build(Secrets.layer.pipe(Layer.provide(parts.secretStore(config.secrets))))
  const { handle } = Context.get(secrets, Secrets.Secrets)
  check(...(yield* Effect.provideContext(secretChecks(secretRefs(config)), secrets)))
  const store = yield* Effect.result(buildStore(config, parts, handle))
  check(...(Result.isSuccess(store) ? [ok("store.reachable"), ok("store.stamp")] : storeProblem(store.failure)))
  if (Result.isFailure(store) || !checks.every(isOk)) return yield* new BootRefused({ checks })

  const services = yield* Layer.build(
    servicesOf(config, parts, configured.unbound).pipe(
      Layer.provideMerge(Layer.succeedContext(Context.merge(secrets, store.success)))
    )
  ).pipe(Effect.mapError((bad) => refused(badSecret(bad))))
  return yield* Effect.gen(function* () {
    const server = yield* WebServer
    const webhooks = yield* WebhookGate
    const readiness = yield* Readiness
    const api = yield* app
    const { host, port } = config.server
    const listening = yield* server
      .serve({ webhooks, api }, { host, port, drain: drainOf(config).server })
      .pipe(
        Effect.mapError(({ message }) =>
          refused(failed("server.port", message, "stop what listens there, or set another server.port"))
        )
      )
    yield* Effect.addFinalizer(() =>
      Effect.andThen(
        readiness.serving(false),
        Effect.sync(() => log.write("info", "server.draining"))
      )
    )
    check(ok("server.port"))
    yield* readiness.serving(true)
    served = true
    log.write("info", "boot.validated", { environment: config.environment, release: parts.version, checks })
    log.write("info", "server.listening", { port: listening.port })
    return listening
  }).pipe(Effect.provideContext(services))
})
