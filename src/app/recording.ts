import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Config } from "../config/config.ts"
import type { Unbound } from "../connector/configure.ts"
import { Observe, type ProbedAccount } from "../observe/observe.ts"
import { variantOfAccount } from "../readiness/configured-channels.ts"
import type { BootFindings, SecretsSource } from "../readiness/record/boot-facts.ts"
import { Recording } from "../readiness/record/recording.ts"
import * as RecordingLayer from "../readiness/record/recording-layer.ts"
import type { Parts } from "./layer-factories.ts"

/** Returns true where a process records evidence. Production records none, and staging none without a key. */
export const records = ({ environment, readiness }: Config): boolean =>
  environment === "local" || (environment === "staging" && readiness?.recorder !== undefined)

/** Records what the services above it see, where something is recorded. */
export const recording = (config: Config, parts: Parts, unbound: ReadonlyArray<readonly [string, Unbound]>) => {
  const { connectors, digest } = parts
  const genuine = new Set(unbound.flatMap(([id, one]) => (one.genuine ? [id] : [])))
  return RecordingLayer.layer({
    config,
    digest,
    variantOf: variantOfAccount({ config, connectors }),
    isGenuine: (connector) => genuine.has(connector)
  }).pipe(Layer.provide(parts.signing))
}

interface Booted extends Pick<BootFindings, "checks" | "implementations"> {
  readonly probed: ReadonlyArray<ProbedAccount>
  readonly secretsSource: SecretsSource | undefined
}

/** Records what the boot has found, and writes it soon. `serves`: the gateway serves from now on. */
export const recordBoot = Effect.fnUntraced(function* (
  { checks, implementations, probed, secretsSource: secrets }: Booted,
  serves: boolean
) {
  const recorded = yield* Recording
  if (recorded === undefined) return
  const observe = yield* Observe
  recorded.noteBoot({ checks, implementations, secrets, serves })
  observe.accountsProbed(probed)
  yield* serves ? Effect.forkScoped(recorded.flush) : recorded.flush
})
