import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import { runChecks, hostWarnings } from "../boot/boot.ts"
import {
  configChecks,
  configureAll,
  type Configured,
  implementationCheck,
  implementationsOf,
  unready
} from "../boot/config-checks.ts"
import { guardLoads } from "../boot/release-checks.ts"
import { BootRefused, isOk, ok } from "../boot/report.ts"
import { asTold, secretChecks, weakSecrets } from "../boot/secret-checks.ts"
import { badSecret, storeProblem } from "../boot/store-check.ts"
import { written } from "../config/mistakes.ts"
import type { Reading } from "../config/read.ts"
import { secretRefs } from "../config/secret-refs.ts"
import type { BootCheck } from "../log/line.ts"
import { secretsSourceOf } from "../readiness/record/boot-facts.ts"
import type { Parts } from "./layer-factories.ts"
import { Secrets } from "../secrets/secrets.ts"
import { SecretStore } from "../secrets/secret-store.ts"
import { adminOf, buildStore, secretsOf, unusable } from "./wiring.ts"

/**
 * Runs every boot check, or in production only the one that refuses it. Returns the checks and the services that they opened.
 * Fails with every check that failed.
 */
export const preflight = Effect.fnUntraced(function* ({ file, config, locate }: Reading, parts: Parts) {
  if (config.environment === "production") return yield* new BootRefused({ checks: [unready] })
  const place = (path: ReadonlyArray<string>) => {
    const at = locate(path)
    return `${file}${at === undefined ? "" : `:${at.line}:${at.column}`} ${written(path.map((step) => (/^\d+$/.test(step) ? Number(step) : step)))}`
  }
  const shipped = yield* Layer.build(parts.shippedFiles)
  yield* Effect.provideContext(guardLoads(config.environment), shipped)
  const configured: Configured = configureAll(config, parts.connectors, place)
  const asked = yield* Layer.build(secretsOf(config, parts))
  const read = yield* Effect.provideContext(secretChecks(secretRefs(config)), asked)
  const secrets = Context.add(asked, Secrets, asTold(Context.get(asked, Secrets), read))
  const { handle } = Context.get(secrets, Secrets)
  const unfit = yield* Effect.provideContext(unusable(config, parts, Context.get(secrets, Secrets)), secrets)
  const weak = config.environment === "local" ? [] : yield* Effect.provideContext(weakSecrets(config), secrets)
  const bad = [...unfit, ...weak].map(badSecret)
  const known = read.map((check) => bad.find(({ name }) => name === check.name) ?? check)
  const { kind } = Context.get(secrets, SecretStore)
  const examined =
    config.environment === "local"
      ? {
          checks: yield* hostWarnings({ config, configured }).pipe(
            Effect.provideContext(secrets),
            Effect.provide(parts.host)
          ),
          dead: [],
          probed: []
        }
      : yield* runChecks({
          config,
          connectors: parts.connectors,
          configured,
          digest: parts.digest,
          reachRuntime: parts.reachRuntime,
          release: parts.release,
          admin: adminOf(config, parts, handle)
        }).pipe(
          Effect.provideContext(secrets),
          Effect.provideContext(shipped),
          Effect.provide(Layer.mergeAll(parts.host, parts.providerHttp))
        )
  const checks: Array<BootCheck> = [
    ok("config"),
    ...configChecks(config),
    implementationCheck(config, kind),
    ...configured.checks,
    ...known,
    ...bad.filter(({ name }) => known.every((check) => check.name !== name)),
    ...examined.checks
  ]
  if (config.environment !== "local" && !checks.every(isOk)) return yield* new BootRefused({ checks })
  const store = yield* Effect.result(buildStore(config, parts, handle))
  if (Result.isFailure(store)) return yield* new BootRefused({ checks: [...checks, ...storeProblem(store.failure)] })
  if (config.environment === "local") checks.push(ok("store.reachable"), ok("store.stamp"))
  if (!checks.every(isOk)) return yield* new BootRefused({ checks })
  return {
    checks,
    context: Context.mergeAll(secrets, shipped, store.success),
    unbound: configured.unbound,
    dead: examined.dead,
    probed: examined.probed,
    implementations: implementationsOf(config, kind),
    secretsSource: yield* Effect.provide(secretsSourceOf(config.secrets), parts.host)
  }
})
