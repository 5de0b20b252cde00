import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { BootRefused } from "../boot/report.ts"
import { badSecret } from "../boot/store-check.ts"
import type { Reading } from "../config/read.ts"
import type { Parts } from "./layer-factories.ts"
import { preflight } from "./preflight.ts"
import { recordBoot, records } from "./recording.ts"
import { recordingAlone } from "./wiring.ts"

/**
 * Runs the boot checks without serving. In staging, where evidence is recorded, it renews the evidence of the boot, so that no
 * gateway must start again for that. Returns the checks; fails with all of them when one failed.
 */
export const checkBoot = Effect.fnUntraced(function* (reading: Reading, parts: Parts) {
  const { config } = reading
  const booted = yield* preflight(reading, parts)
  const { checks, context, unbound } = booted
  if (config.environment === "local" || !records(config)) return checks
  const services = yield* Layer.build(
    recordingAlone(config, parts, unbound).pipe(Layer.provideMerge(Layer.succeedContext(context)))
  ).pipe(Effect.mapError((bad) => new BootRefused({ checks: [...checks, badSecret(bad)] })))
  yield* Effect.provideContext(recordBoot(booted, false), services)
  return checks
})
