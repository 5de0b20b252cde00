import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import { BootRefused, failed, ok, shownChecks } from "../boot/report.ts"
import { badSecret } from "../boot/store-check.ts"
import type { Config, ListenAddress } from "../config/config.ts"
import type { Reading } from "../config/read.ts"
import { appWith } from "../http/api/app.ts"
import { describe } from "../http/api/described.ts"
import { unknownKeys } from "../http/auth/unknown-keys.ts"
import { healthOnly, requestClassifier } from "../http/server/request-classifier.ts"
import { notFoundResponse, toResponse } from "../http/server/response.ts"
import { SendEndpoint } from "../http/server/send-endpoint.ts"
import { Readiness } from "../http/health/readiness.ts"
import { type Served, WebServer } from "../http/server/web-server.ts"
import { WebhookEndpoint } from "../http/server/webhook-endpoint.ts"
import type { BootCheck } from "../log/line.ts"
import { Log } from "../log/log.ts"
import { gauges } from "../metrics/registry.ts"
import { releaseName } from "../release/shipped-files.ts"
import type { Parts } from "./layer-factories.ts"
import { preflight } from "./preflight.ts"
import { recordBoot } from "./recording.ts"
import { drainOf, servicesOf, sharedDrain } from "./wiring.ts"

const nothing = Effect.succeed(toResponse(notFoundResponse))

/** Exports the build and the environment of this process. */
const reportProcess = ({ environment }: Config, { release, version }: Parts) => {
  const { version: node, platform } = release.node
  const labels = { version, release: releaseName(release), node, platform }
  return Effect.andThen(
    Metric.update(Metric.withAttributes(gauges.buildInfo, labels), 1),
    Metric.update(Metric.withAttributes(gauges.environment, { environment }), 1)
  )
}

/**
 * Runs the boot checks and starts the gateway from its configuration and its parts. Stops it in reverse order when the scope
 * closes. Fails with every check that failed, not only the first.
 */
export const gateway = Effect.fnUntraced(function* (reading: Reading, parts: Parts) {
  const { config } = reading
  const log = yield* Log
  let served = false
  yield* Effect.addFinalizer(() => Effect.sync(() => (served ? log.write("info", "server.stopped") : undefined)))
  const booted = yield* preflight(reading, parts)
  const { checks, context, dead, unbound } = booted
  const refused = (one: BootCheck) => new BootRefused({ checks: [...checks, one] })
  const services = yield* Layer.build(
    servicesOf(config, parts, unbound, dead).pipe(Layer.provideMerge(Layer.succeedContext(context)))
  ).pipe(Effect.mapError((bad) => refused(badSecret(bad))))
  return yield* Effect.gen(function* () {
    const server = yield* WebServer
    const webhooks = yield* WebhookEndpoint
    const intents = yield* SendEndpoint
    const readiness = yield* Readiness
    const pages = yield* describe
    const api = yield* appWith(Effect.succeed(pages))
    const { management, ...open } = config.server
    const classify = yield* requestClassifier(pages)
    const drain = yield* sharedDrain(drainOf(config).server)
    const listen = (served: Served, address: ListenAddress, name: "server.port" | "server.management.port") =>
      server.serve(served, { ...address, drain }).pipe(
        Effect.mapError(({ message }) => {
          const remedy = `stop what listens there, or set another ${name} or host`
          return refused(failed(name, "busy", message, remedy))
        })
      )
    const managing = { intents, classify, unknownKeys: yield* unknownKeys, api }
    // The port of webhooks opens last and closes first, so that metrics and readiness are served while it drains.
    const managed = management && (yield* listen(managing, management, "server.management.port"))
    const listening = yield* managed === undefined
      ? listen({ ...managing, webhooks }, open, "server.port")
      : listen({ webhooks, classify: healthOnly(classify), api: nothing }, open, "server.port")
    yield* Effect.addFinalizer(() =>
      Effect.andThen(
        readiness.serving(false),
        Effect.sync(() => log.write("info", "server.draining"))
      )
    )
    yield* readiness.serving(true)
    yield* reportProcess(config, parts)
    served = true
    const all = [...checks, ...(managed === undefined ? [] : [ok("server.management.port")]), ok("server.port")]
    log.write("info", "boot.validated", {
      environment: config.environment,
      version: parts.version,
      ...(parts.release.digest === undefined ? {} : { manifest: parts.release.digest }),
      checks: shownChecks(all)
    })
    yield* recordBoot({ ...booted, checks: all }, true)
    if (managed !== undefined) log.write("info", "management.listening", { port: managed.port })
    log.write("info", "server.listening", { port: listening.port })
    return { ...listening, ...(managed === undefined ? {} : { management: managed }) }
  }).pipe(Effect.provideContext(services))
})
